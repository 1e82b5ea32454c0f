// What waits for people: open questions first, then what was rejected or taken off, then the refactor tasks of those whose side was not taken.
import { adviceFor } from '../../merge/advice.ts';
import { printable, shortName } from '../../merge/branch.ts';
import type { MergeRequest, RefactorTask } from '../../merge/request.ts';
import type { RadarCollision } from '../../merge/radar.ts';
import { count } from '../../merge/wording.ts';
import { line, untabbed, type Line } from './line.ts';
import { answerCommand, hunkRows, partnerWords } from './question.ts';
import { nameOf } from './request.ts';
import { age } from './time.ts';

const PATCH_LINES_SHOWN = 200;
const PATHS_SHOWN = 12;

export type Waiting = { readonly questions: readonly MergeRequest[]; readonly rejected: readonly MergeRequest[]; readonly takenOff: readonly MergeRequest[]; readonly tasks: readonly RefactorTask[]; readonly collisions: readonly RadarCollision[] };

export function inboxLines({ questions, rejected, takenOff, tasks, collisions }: Waiting, withPatches: boolean, nowMs: number): readonly Line[] {
  if (questions.length + rejected.length + takenOff.length + tasks.length + collisions.length === 0) return [line('plain', 'Nothing waits for you.')];
  return [
    ...(questions.length === 0 ? [] : [line('head', count(questions.length, 'open question'))]),
    ...questions.flatMap((request) => questionLines(request, nowMs)),
    ...(rejected.length === 0 ? [] : [line('head', count(rejected.length, 'rejected request'))]),
    ...rejected.flatMap((request) => rejectedLines(request, nowMs)),
    ...(takenOff.length === 0 ? [] : [line('head', `${count(takenOff.length, 'request')} whose merge was taken off`)]),
    ...takenOff.flatMap((request) => rejectedLines(request, nowMs)),
    ...(tasks.length === 0 ? [] : [line('head', count(tasks.length, 'refactor task'))]),
    ...tasks.flatMap((task) => taskLines(task, withPatches, nowMs)),
    ...(collisions.length === 0 ? [] : [line('head', count(collisions.length, 'collision'))]),
    ...collisions.map(({ one, other, files }) => line('ask', `  ${printable(one)} x ${printable(other)}: ${files.slice(0, PATHS_SHOWN).map(({ path }) => printable(path)).join(', ')}`)),
  ];
}

function questionLines(request: MergeRequest, nowMs: number): readonly Line[] {
  if (request.phase.state !== 'escalated') return [];
  const { question } = request.phase;
  const partners = partnerWords(question.conflict.partners);
  return [
    line('ask', `  ${nameOf(request)} into ${printable(shortName(request.target))}${partners === '' ? '' : ` against ${partners}`}, asked ${age(nowMs - question.askedAtMs)} ago`),
    ...question.conflict.paths.slice(0, PATHS_SHOWN).flatMap((path) => [`    in ${printable(path.path)}`, ...hunkRows(path).map((row) => `      ${row}`)]).map((text) => line('plain', text)),
    ...(question.conflict.paths.length > PATHS_SHOWN ? [line('plain', `    and ${question.conflict.paths.length - PATHS_SHOWN} more files`)] : []),
    line('plain', `    ${answerCommand(request, question)}`),
  ];
}

function rejectedLines(request: MergeRequest, nowMs: number): readonly Line[] {
  const advice = adviceFor(request);
  if (advice === null || !('atMs' in request.phase)) return [];
  const { cause, next } = advice;
  return [
    line('bad', `  ${nameOf(request)} into ${printable(shortName(request.target))} by ${printable(request.author)}, ${request.id}, ${age(nowMs - request.phase.atMs)} ago`),
    line('plain', `    ${printable(cause, 600)}`),
    line('plain', `    ${printable(next)}`),
  ];
}

function taskLines(task: RefactorTask, withPatches: boolean, nowMs: number): readonly Line[] {
  const author = task.author === '' ? '' : ` (${printable(task.author)})`;
  const patch = task.patch === '' ? [] : task.patch.replace(/\n$/, '').split('\n');
  return [
    line('plain', `  [${printable(task.branch)}${author}]  ${printable(task.path)}, ${age(nowMs - task.atMs)} ago, after ${task.request}${task.priority === undefined ? '' : `, priority ${task.priority}`}`),
    line('plain', `    "${printable(task.text, 600)}"`),
    ...(withPatches ? patch.slice(0, PATCH_LINES_SHOWN).map((text) => line('quiet', `    | ${printable(untabbed(text))}`)) : []),
    ...(withPatches && patch.length > PATCH_LINES_SHOWN ? [line('quiet', `    ${count(patch.length - PATCH_LINES_SHOWN, 'more line')}: maestro inbox --json has all of it`)] : []),
  ];
}
