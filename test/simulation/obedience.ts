// In the calm a person gives a lane orders and looks whether they are kept: pause, a restart, second thoughts, resume. Trusts the remote, not the lane.
import type { Oid, RefName } from '../../src/merge/branch.ts';
import { isOpen, type MergeRequest } from '../../src/merge/request.ts';
import { MAIN, type World } from '../harness/world.ts';
import type { Checker } from './checker.ts';

const BY = 'a person';
const SECOND_THOUGHTS = 3;
const BACK = 2;
const STAYS = 'refs/heads/hotfix/stays' as RefName;
const DELETED = 'refs/heads/hotfix/deleted' as RefName;
const CANCELLED = 'refs/heads/hotfix/cancelled' as RefName;

export async function giveOrders(world: World, checker: Checker, becomesQuiet: () => Promise<void>): Promise<void> {
  const before = world.remote.tip(MAIN);
  if (before === null || checker.lanes.get(MAIN)?.alarm !== null) return;
  const told = world.service;
  world.command(MAIN, { kind: 'pause', by: BY, all: false });
  await becomesQuiet();
  // One that another had taken over from ends before it writes anything: its successor is told again.
  if (world.service !== told) world.command(MAIN, { kind: 'pause', by: BY, all: false });
  await becomesQuiet();
  const tips = [STAYS, DELETED, CANCELLED].map((ref) => push(world, ref, before));
  await becomesQuiet();
  world.remote.set(DELETED, null, 'agent');
  world.hint(DELETED);
  const waiting = requestOf(checker, CANCELLED);
  if (waiting !== undefined && isOpen(waiting)) world.command(MAIN, { kind: 'cancel', id: waiting.id, by: BY });
  for (const run of world.living) if (checker.violation === null) await restart(world, run, becomesQuiet);
  const { history } = world;
  checker.holds('I7 pause', !tips.some((tip) => history.isAncestor(tip, world.remote.tip(MAIN) ?? before)), () => `${MAIN} is paused and moved on`);
  checker.holds('C1 cancelled', waiting === undefined || requestOf(checker, CANCELLED)?.phase.state === 'cancelled' || !isOpen(waiting), () => `${CANCELLED} was cancelled and is ${requestOf(checker, CANCELLED)?.phase.state}`);
  world.command(MAIN, { kind: 'resume', by: BY, all: false });
  await becomesQuiet();
  const [, deleted, cancelled] = tips;
  for (const tip of [deleted, cancelled]) checker.holds('C2 what was taken back does not land', tip === undefined || !history.isAncestor(tip, world.remote.tip(MAIN) ?? before), () => `${tip} landed though it was taken back`);
}

/** What landed with an answer is taken back and asked for again: that is another merge, and another question. */
export async function thinkAgain(world: World, checker: Checker, becomesQuiet: () => Promise<void>): Promise<void> {
  const answered = checker.requestsOf(MAIN).filter((one) => one.phase.state === 'landed' && one.resolution !== null).slice(-SECOND_THOUGHTS);
  for (const landed of answered) world.command(MAIN, { kind: 'rollback', landed, by: BY });
  await becomesQuiet();
  const rolledBack = checker.requestsOf(MAIN).filter(({ id, phase }) => phase.state === 'rolled-back' && answered.some((one) => one.id === id));
  for (const request of rolledBack) world.command(MAIN, { kind: 'retry', request, by: BY });
  await becomesQuiet();
}

/** Somebody moves a target back by force, and a person lets its lane go on: what that took off is said to be, and lands again when it is asked for. */
export async function moveBack(world: World, checker: Checker, becomesQuiet: () => Promise<void>): Promise<void> {
  const lane = checker.lanes.get(MAIN);
  const tip = world.remote.tip(MAIN);
  const back = tip === null ? undefined : world.history.firstParents(tip, null)?.at(-1 - BACK)?.oid;
  if (back === undefined || lane?.alarm !== null || lane.pausedBy !== null) return;
  const before = checker.requestsOf(MAIN).filter((one) => one.phase.state === 'landed' && checker.contains(MAIN, one.phase.candidate.commit));
  world.note(`${MAIN} is moved back to ${back.slice(-4)}`);
  world.remote.set(MAIN, back, 'person');
  world.hint(MAIN);
  await becomesQuiet();
  checker.holds('A1 a person is called', checker.lanes.get(MAIN)?.alarm !== null, () => `${MAIN} was moved back to ${back}, and its lane goes on`);
  world.command(MAIN, { kind: 'resume', by: BY, all: false });
  await becomesQuiet();
  const lost = before.flatMap((one) => one.phase.state === 'landed' && !checker.contains(MAIN, one.phase.candidate.commit) ? checker.requestsOf(MAIN).filter(({ id }) => id === one.id) : []);
  // Of what its lane forgot no more than its end is written down.
  const ended = checker.lanes.get(MAIN)?.ended;
  for (const { id, branch, phase } of lost) checker.holds('H1 moved back', (ended?.get(id)?.state ?? phase.state) !== 'landed', () => `${branch} ${id} was taken off, and is ${phase.state}`);
  for (const request of lost) world.command(MAIN, { kind: 'retry', request, by: BY });
  await becomesQuiet();
  for (const { id } of lost) {
    const now = checker.requestsOf(MAIN).find((one) => one.id === id)?.phase;
    checker.holds('H1 moved back', now?.state !== 'rolled-back' || now.by !== null, () => `${id} was taken off and asked for again, and nothing came of it`);
  }
}

/** The ledger remembers what was ordered; a process does not. */
async function restart(world: World, run: World['living'][number], becomesQuiet: () => Promise<void>): Promise<void> {
  await becomesQuiet();
  world.kill(run);
  world.start();
  await becomesQuiet();
}

function push(world: World, ref: RefName, onto: Oid): Oid {
  const files = new Map([...world.history.get(onto).files, [ref, 'w']]);
  const { oid } = world.history.commit(files, [onto], `${ref}\n\nREADY_TO_MERGE`);
  world.remote.set(ref, oid, 'agent');
  world.hint(ref);
  return oid;
}

function requestOf(checker: Checker, branch: RefName): MergeRequest | undefined {
  return checker.requestsOf(MAIN).find((one) => one.branch === branch && one.kind.kind === 'branch');
}
