// One merge request told to a person: where it stands, what it waits for, whose turn it is, and how it came there.
import type { Thought } from '../../consensus/minds.ts';
import { printable, shortName } from '../../merge/branch.ts';
import type { MergeRequest } from '../../merge/request.ts';
import { count, verdictWords } from '../../merge/wording.ts';
import type { Explanation } from '../../port/control.ts';
import { line, tailLines, type Line } from './line.ts';
import { questionBox } from './question.ts';
import { nameOf, stateOf } from './request.ts';
import { moment } from './time.ts';
import { roundsOf, turnWords } from './timeline.ts';

const TAIL_LINES = 20;
const STORY_SHOWN = 60;

export function explanationLines({ request, position, waitsFor, advice, suspectedBy, story }: Explanation, columns: number): readonly Line[] {
  const { word, tone } = stateOf(request);
  const hidden = story.length - STORY_SHOWN;
  return [
    line('head', `${nameOf(request)} into ${printable(shortName(request.target))}  ${request.id}`),
    line('plain', `  "${printable(request.title)}" by ${printable(request.author)}, commit ${request.tip.slice(0, 12)}`),
    line(tone, `  state      ${word}${position === null ? '' : `, number ${position + 1} in its lane`}`),
    ...(waitsFor === 'nothing' ? [] : [line('plain', `  waits for  ${printable(waitsFor)}`)]),
    ...factLines(request),
    ...(advice === null ? [] : [line('bad', `  why        ${printable(advice.cause)}`), line('plain', `  next       ${printable(advice.next)} (${turnWords(advice)})`)]),
    ...evidence(request),
    ...suspectedBy.map((branch) => line('ask', `  note       ${printable(branch)} failed its gate and may fail only together with this`)),
    ...thoughts(request).flatMap((file) => [line('plain', ''), line('plain', `  what the minds said of ${printable(file.path)}`), ...roundsOf(file)]),
    ...(request.phase.state === 'escalated' ? [line('plain', ''), ...questionBox(request, request.phase.question, columns)] : []),
    line('plain', ''),
    ...(hidden > 0 ? [line('quiet', `  (${hidden} earlier steps: --json)`)] : []),
    ...story.slice(-STORY_SHOWN).map(({ atMs, text }) => line('plain', `  ${moment(atMs)}  ${printable(text)}`)),
  ];
}

/** Before a person was asked, or before it was agreed on. */
function thoughts({ phase, resolution }: MergeRequest): readonly Thought[] {
  const minds = phase.state === 'escalated' ? phase.question.minds : resolution?.minds;
  return minds?.files ?? [];
}

function factLines(request: MergeRequest): readonly Line[] {
  const { phase } = request;
  const candidate = 'candidate' in phase ? phase.candidate : null;
  const verdict = 'verdict' in phase ? phase.verdict : null;
  return [
    ...(request.dependsOn.length === 0 ? [] : [line('plain', `  depends on ${request.dependsOn.map((name) => printable(name)).join(', ')}`)]),
    ...(candidate === null ? [] : [line('plain', `  merge      ${candidate.commit.slice(0, 12)} (${candidate.how}, ${count(candidate.pathCount, 'path')})`)]),
    ...(verdict === null ? [] : [line('plain', `  gate       ${verdictWords(verdict)}`)]),
    ...(request.resolution === null ? [] : [line('plain', `  decided    ${request.resolution.choices.join('')} by ${printable(request.resolution.by)}`)]),
  ];
}

function evidence({ phase }: MergeRequest): readonly Line[] {
  if (phase.state !== 'rejected') return [];
  const { reason } = phase;
  if (!('tail' in reason)) return [];
  return [...tailLines(reason.tail, TAIL_LINES).filter((text) => text !== '').map((text) => line('quiet', `  | ${text}`)), ...(reason.log === null ? [] : [line('quiet', `  whole log: ${printable(reason.log)}`)])];
}
