// What was said must be what happens: the words of pushes, answers and configs against the ledger. Reads them itself, from commits and commands.
import { shortName, type RefName } from '../../src/merge/branch.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import type { Lane } from '../../src/merge/lane.ts';
import { matchPattern } from '../../src/merge/pattern.ts';
import type { Policy, Promotion } from '../../src/merge/policy.ts';
import { isOpen, type MergeRequest, type RequestId } from '../../src/merge/request.ts';
import { promotionRouteOf } from '../../src/merge/route.ts';
import { attemptOf, conflictOf } from '../harness/symbolic-merge.ts';
import { MAIN } from '../harness/world.ts';
import type { Checker } from './checker.ts';
import { policyAt, WAIT_MS } from './rule.ts';

export function checkWords(checker: Checker, before: Lane, after: Lane, event: LedgerEvent): void {
  switch (event.kind) {
    case 'requested': return event.what.kind === 'promotion' ? checkPromotion(checker, event.branch, event.tip) : undefined;
    case 'promoted': return checkDue(checker, before, event);
    case 'built': return checkTrailers(checker, before.requests.get(event.id));
    case 'asked': return checkQuestion(checker, before, event);
    case 'decided': return checkAnswer(checker, before, event);
    case 'rejected': return event.reason.code === 'dependency-missing' ? checkPatience(checker, before.requests.get(event.id)) : undefined;
    case 'retried': return checkRetried(checker, before.requests.get(event.id), after.requests.get(event.id));
    case 'met': case 'voted': case 'skipped': case 'forgotten': case 'held': case 'released': case 'dropped': case 'conflicted': case 'tasked': case 'gated': case 'baseline': case 'intended': case 'landed': case 'entered': case 'not-landed':
    case 'superseded': case 'cancelled': case 'rolled-back': case 'taken-off': case 'tip': case 'paused': case 'resumed': case 'stopped': return;
  }
}

/** Once all is quiet and nobody is needed. */
export function checkEnds(checker: Checker, routing: Policy): void {
  for (const lane of checker.lanes.values()) {
    checkAlarm(checker, lane);
    if (lane.alarm !== null || lane.pausedBy !== null) continue;
    for (const one of checker.requestsOf(lane.target)) {
      checkTask(checker, lane, one);
      checkLanded(checker, lane, one);
    }
    for (const source of checker.lanes.values()) if (source !== lane && source.alarm === null) checkWayUp(checker, routing, source, lane);
  }
}

/** Landed is what the target holds: what was taken off past Maestro is called so once a person has let the lane go on. Others may bring it back. */
function checkLanded(checker: Checker, lane: Lane, { id, phase, branch }: MergeRequest): void {
  if (phase.state === 'rolled-back' && phase.by !== null) checkRolledBack(checker, lane, id, phase.by);
  if (phase.state !== 'landed' || (lane.requests.get(id)?.phase.state ?? lane.ended.get(id)?.state) !== 'landed') return;
  checker.holds('H1 moved back', checker.contains(lane.target, phase.candidate.commit), () => `${branch} ${id} is called landed, and ${lane.target} holds ${phase.candidate.commit} no longer`);
}

function checkRolledBack(checker: Checker, lane: Lane, id: RequestId, by: RequestId): void {
  const state = lane.requests.get(by)?.phase.state ?? lane.ended.get(by)?.state;
  if ((lane.requests.get(id)?.phase.state ?? lane.ended.get(id)?.state) === 'rolled-back') checker.holds('H1 moved back', state === 'landed', () => `${id} is called rolled back by ${by}, which is ${state}`);
}

function checkPromotion(checker: Checker, branch: RefName, tip: string): void {
  checker.holds('P1 promotion', checker.ours.has(tip), () => `${branch} is promoted at ${tip}, which Maestro did not land`);
  checker.holds('P1 promotion', waysEver(checker, branch).some(({ when }) => when !== 'manual'), () => `${branch} is promoted by itself, which no config ever asked for`);
}

/** Nobody is given up before the time that was granted has truly passed, whatever clocks said. */
function checkPatience(checker: Checker, request: MergeRequest | undefined): void {
  const waitedMs = request === undefined ? 0 : checker.world.moments.passedMs - (checker.sinceMs.get(request.tip) ?? 0);
  checker.holds('T1 patience', waitedMs >= WAIT_MS, () => `${request?.branch} is given up after ${waitedMs} ms`);
}

function checkDue(checker: Checker, before: Lane, event: Extract<LedgerEvent, { kind: 'promoted' }>): void {
  const ways = waysEver(checker, event.branch).filter(({ when }) => when !== 'manual');
  if (ways.every(({ when }) => when === 'when-idle')) checker.holds('P1 promotion', checker.idle.has(`${event.branch} ${event.tip}`), () => `${event.branch} is promoted at ${event.tip}, where it never was idle`);
  const last = before.promotions.get(event.branch);
  const soonestMs = Math.min(...waysEver(checker, event.branch).map((way) => (way.when === 'every' ? way.periodMs : 0)));
  if (last === undefined || last.atMs > event.atMs) return;
  checker.holds('P1 promotion', event.atMs - last.atMs >= soonestMs, () => `${event.branch} is promoted again after ${event.atMs - last.atMs} ms`);
}

/** Every way this target was ever to be promoted. */
function waysEver(checker: Checker, branch: RefName): readonly Promotion[] {
  return [...(checker.values.get(MAIN) ?? [])].flatMap((tip) => {
    const policy = policyAt(checker.world.history, tip);
    const way = policy === null ? null : promotionRouteOf(policy, branch);
    return way === null ? [] : [way.route.promote];
  });
}

function checkTrailers(checker: Checker, request: MergeRequest | undefined): void {
  if (request?.kind.kind !== 'branch') return;
  const { message } = checker.world.history.get(request.tip);
  for (const [, name = ''] of message.matchAll(/^Depends-On: (.+)$/gm)) checker.holds('I13 dependency order', request.dependsOn.includes(name), () => `${request.branch} depends on ${name}, and that is forgotten`);
  const priority = /^Priority: (\w+)$/m.exec(message)?.[1];
  checker.holds('O1 order', priority === undefined || request.priority === priority, () => `${request.branch} is ${priority}, and taken for ${request.priority}`);
}

function checkQuestion(checker: Checker, lane: Lane, { id, question }: Extract<LedgerEvent, { kind: 'asked' }>): void {
  const request = lane.requests.get(id);
  checker.holds('I9 only open questions', request?.phase.state === 'deliberating' && request.phase.onto === question.onto, () => `${id} asks about ${question.onto}, its conflict is ${JSON.stringify(request?.phase).slice(0, 200)}`);
  const attempt = request === undefined ? null : attemptOf(checker.world.history, request, question.onto, lane.inverses.filter(({ restoredBy }) => restoredBy === null));
  const fingerprint = attempt?.kind === 'merged' ? conflictOf(attempt.merged.clashes).fingerprint : null;
  checker.holds('I9 only open questions', fingerprint === question.conflict.fingerprint, () => `${id} asks about ${question.conflict.fingerprint}, on ${question.onto} it is ${fingerprint}`);
}

function checkAnswer(checker: Checker, lane: Lane, { id, resolution }: Extract<LedgerEvent, { kind: 'decided' }>): void {
  if (resolution.how === 'consensus') return;
  const given = checker.world.commands.flatMap(({ target, seen }) => (target === lane.target && seen.kind === 'decide' && seen.id === id ? [seen.answer] : []));
  const taken = resolution.choices.join('');
  checker.holds('I9 the answer that was given', given.some((answer) => answer === taken || (answer.length === 1 && answer.repeat(taken.length) === taken)), () => `${id} was answered ${given.join(', ')}, and ${taken} is taken`);
}

function checkRetried(checker: Checker, before: MergeRequest | undefined, after: MergeRequest | undefined): void {
  if (before !== undefined) checkAgain(checker, before);
  checker.holds('I9 only open questions', after?.resolution === null, () => `${after?.id} is tried again with its old answer`);
}

/** What ended comes back only when somebody asks for it: by the same push again where a push ended it, else by a word. */
export function checkAgain(checker: Checker, { id, target, phase }: MergeRequest): void {
  const byPush = phase.state === 'superseded' || (phase.state === 'rejected' && phase.reason.code === 'branch-deleted');
  const isAsked = byPush || checker.world.commands.some(({ target: where, seen }) => where === target && (seen.kind === 'rollback' || (seen.kind === 'retry' && seen.request.id === id)));
  checker.holds('I2 one outcome', phase.state !== 'landed' && isAsked, () => `${id} was ${phase.state} and is tried again`);
}

function checkAlarm(checker: Checker, { target, alarm }: Lane): void {
  checker.holds('A1 a person is called', alarm !== null || checker.world.remote.tip(target) !== null, () => `${target} is gone, and its lane goes on`);
}

function checkTask(checker: Checker, lane: Lane, { id, phase, resolution }: MergeRequest): void {
  if (phase.state !== 'landed' || phase.candidate.how !== 'resolved' || resolution?.how !== 'person') return;
  checker.holds('A2 dropped work is handed out', checker.tasked.has(`${lane.target} ${id}`), () => `${id} landed with an answer, and nobody was told what it dropped`);
}

/** What landed in a target goes on to the next one by itself, and hotfixes come back down. */
function checkWayUp(checker: Checker, routing: Policy, source: Lane, lane: Lane): void {
  const way = promotionRouteOf(routing, source.target);
  const when = way?.target === lane.target ? way.route.promote.when : 'manual';
  const requests = checker.requestsOf(source.target);
  // What a person moved it back to was Maestro's once, and is that person's now.
  const last = checker.world.remote.moves.findLast(({ ref, by }) => ref === source.target && by === 'maestro')?.new;
  const landed = last === source.tip && requests.some(({ phase }) => phase.state === 'landed' && phase.candidate.commit === source.tip);
  if (landed && (when === 'on-ready' || (when === 'when-idle' && !requests.some(isOpen))))
    checker.holds('P1 promotion', lane.promotions.get(source.target)?.tip === source.tip, () => `${source.target} at ${source.tip} is not promoted into ${lane.target}`);
  const back = routing.routes.find((route) => route.backInto.some((pattern) => matchPattern(pattern, shortName(lane.target)) !== null));
  for (const one of requests) {
    if (back === undefined || one.kind.kind !== 'branch' || one.phase.state !== 'landed' || matchPattern(back.branch, shortName(one.branch)) === null) continue;
    checker.holds('P2 hotfixes come back down', checker.requestsOf(lane.target).some(({ kind }) => kind.kind === 'back-merge' && kind.of === one.id), () => `${one.branch} landed in ${source.target} and never came to ${lane.target}`);
  }
}
