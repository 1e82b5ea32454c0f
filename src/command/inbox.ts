// `maestro inbox`: what waits for people. Reads the ledger when no coordinator runs.
import { adviceFor, isTakenOff } from '../merge/advice.ts';
import { shortName } from '../merge/branch.ts';
import type { MergeRequest, RefactorTask } from '../merge/request.ts';
import type { RadarCollision } from '../merge/radar.ts';
import type { Status } from '../port/control.ts';
import { printJson, type Verb } from './verb.ts';
import { NOT_LIVE, withReadable, type Readable } from './reach.ts';
import { inboxLines } from './render/inbox.ts';
import { line, paint } from './render/line.ts';
import { markedQuestion } from './render/question.ts';

export const inbox: Verb = {
  args: [],
  flags: [['--for <branch or author>', 'only what concerns this branch or author'], ['--patch', 'show the dropped lines of every refactor task']],
  notes: '',
  run: (call) => withReadable(call, async (source, live) => {
    const whom = call.value('for');
    const [status, allTasks] = await Promise.all([source.status(), source.tasks()]);
    const questions = openQuestions(status).filter((request) => whom === null || concerns(request, whom));
    const tasks = allTasks.filter((task) => whom === null || isFor(task, whom));
    const own = authorsTurn(status).filter((request) => whom === null || isBy(request, whom));
    const takenOff = own.filter(({ phase }) => isTakenOff(phase));
    const rejected = own.filter(({ phase }) => !isTakenOff(phase));
    const collisions = await collisionsFor(source, whom);
    if (call.json) printJson(call, { questions: questions.map(markedQuestion), rejected, takenOff, tasks, collisions });
    else call.terminal.out(paint([...(live ? [] : [line('ask', NOT_LIVE)]), ...inboxLines({ questions, rejected, takenOff, tasks, collisions }, call.has('patch'), Date.now())], call.terminal.colour));
    return 0;
  }),
};

/** Asked only about somebody's own branches: all collisions are what `maestro radar` is for. A ledger knows none. */
async function collisionsFor(source: Readable, whom: string | null): Promise<readonly RadarCollision[]> {
  if (whom === null || source.radar === undefined) return [];
  const { lanes } = await source.radar(null);
  return lanes.flatMap(({ branches, collisions }) => {
    const own = new Set(branches.filter(({ branch, owner }) => branch === whom || isAuthor(owner, whom)).map(({ branch }) => branch));
    return collisions.filter(({ one, other }) => own.has(one) || own.has(other));
  });
}

export function openQuestions(status: Status): readonly MergeRequest[] {
  return status.lanes.flatMap((lane) => lane.open.map((one) => one.request).filter((request) => request.phase.state === 'escalated'));
}

/** What was rejected, or taken off its target, and not pushed again: its author has to do something about it. */
function authorsTurn(status: Status): readonly MergeRequest[] {
  return status.lanes.flatMap(({ open, closed }) => {
    const all = [...closed, ...open.map((one) => one.request)];
    return closed.filter((request) => adviceFor(request)?.turn === 'author' && !all.some((one) => one.branch === request.branch && one.arrival > request.arrival));
  });
}

function concerns(request: MergeRequest, whom: string): boolean {
  if (request.phase.state !== 'escalated') return false;
  return isBy(request, whom) || request.phase.question.conflict.partners.some((partner) => partner.branch === whom);
}

function isBy(request: MergeRequest, whom: string): boolean {
  return shortName(request.branch) === whom || isAuthor(request.author, whom);
}

function isFor(task: RefactorTask, whom: string): boolean {
  return task.branch === whom || isAuthor(task.author, whom);
}

/** `Ada`, `ada@example.org` and the whole `Ada <ada@example.org>` all name her. */
function isAuthor(author: string, whom: string): boolean {
  const [, name = author, email = ''] = /^(.*?)\s*<([^>]*)>$/.exec(author) ?? [];
  return [author, name, email].some((one) => one !== '' && one.toLowerCase() === whom.toLowerCase());
}
