// Bugs that must not get past the simulation: each is one line of the product or of the adapters turned wrong.
import { NO_GIT_BUGS, type GitBugs } from '../harness/symbolic-git.ts';
import type { Patch } from './product.ts';

export type Planted = { readonly name: string; readonly patches: readonly Patch[]; readonly bugs: GitBugs; readonly leases: boolean };

export const PLANTED: readonly Planted[] = [
  inAdapter('push without a lease', {}, false),
  inAdapter('after a lost answer the remote is not asked again', { trustsLease: true }),
  inAdapter('a push is believed before it is confirmed', { trustsPush: true }),
  inAdapter('an answer fits any question', { anyAnswerFits: true }),
  inAdapter('landing again forgets what was rolled back', { forgetsRollbacks: true }),
  inProduct('the intent is saved after the push starts', 'coordinator/coordinator.ts', 'if (!(await this.#scribe.save(this.#token, decision))) return false;', 'this.#errands.keep(decision.before.target, decision.next.effects); if (!(await this.#scribe.save(this.#token, decision))) return false;'),
  inProduct('no fence', 'adapter/embedded/memory-store.ts', 'if (token !== current.token)', 'if (token > current.token)'),
  inProduct('pause does not hold effects back', 'queue/plan.ts', "if (lane.pausedBy !== null || lane.alarm !== null || lane.tip === null) return [];", 'if (lane.tip === null) return [];'),
  inProduct('pause does not hold landings back', 'queue/settle.ts', 'if (lane.landing !== null || lane.pausedBy !== null || lane.alarm !== null ||', 'if (lane.landing !== null || lane.alarm !== null ||'),
  inProduct('a decision needs no open question', 'merge/lane.ts', "move(lane, event.id, { state: 'queued', hold: null }, { resolution: event.resolution });", "move(lane, event.id, request.phase, { resolution: event.resolution });"),
  inProduct('a verdict is given to every tree', 'merge/step.ts', 'one.phase.candidate.tree === seen.tree', 'one.phase.candidate.tree !== null'),
  inProduct('the config is read from a branch', 'coordinator/coordinator.ts', 'await this.#rulebook.at(lane.target, lane.tip);', '{ ...(await this.#rulebook.at(lane.target, [...lane.requests.values()].at(-1)?.tip ?? lane.tip)), tip: lane.tip };'),
  inProduct('dependencies are ignored', 'queue/dependency.ts', "if (state.kind === 'met' || (state.kind === 'open' && isAhead(state.request.id))) continue;", 'if (state !== null) continue;'),
  inProduct('landed in another target counts as met', 'queue/dependency.ts', "return target === request.target || request", "return target !== null || request"),
  inProduct('what a promotion brings is not looked for', 'coordinator/coordinator.ts', 'await this.#noteArrivals(before, view);', ''),
  inProduct('older tips stay in the queue', 'queue/settle.ts', '    if (winner === undefined || winner.id === one.id ||', '    if (winner !== undefined || one.kind.kind !== null ||', { file: 'merge/step.ts', find: 'else if (next !== null || old.tip !== tip) emit(', replace: 'else if (next !== null && old.tip === tip) emit(' }),
  inProduct('the chain behind a red one stays', 'queue/settle.ts', 'if (candidate !== null && candidate.onto === top) {', 'if (candidate !== null && (position > 0 || candidate.onto === top)) {'),
  inProduct('candidates stay when the target moves', 'queue/settle.ts', 'if (candidate !== null && candidate.onto === top) {', 'if (candidate !== null) {'),
  inProduct('a red gate is no reason', 'queue/batch.ts', "return verdict?.kind === 'passed' || verdict?.kind === 'not-configured';", "return verdict !== null;"),
  inProduct('a green tree is green for every gate', 'merge/lane.ts', 'return `${gate}\\0${tree}`;', 'return `${gate.length - gate.length}\\0${tree}`;'),
  inProduct('a pushed but unanswered landing is given up', 'merge/landing.ts', "case 'landed':\n      emit(turn, { kind: 'landed', atMs, intent: intent.id });", "case 'landed':\n      emit(turn, { kind: 'not-landed', atMs, intent: intent.id, refused: false, why: '' });"),
  inProduct('a moved target counts as landed', 'merge/landing.ts', "emit(turn, { kind: 'not-landed', atMs, intent: intent.id, refused: false, why: 'the target moved on first' });", "emit(turn, { kind: 'landed', atMs, intent: intent.id });"),
  inProduct('rollbacks are not remembered', 'merge/lane.ts', 'lane.inverses = [...lane.inverses, { tip: event.tip, revert: event.revert, of: event.id, restoredBy: null }];', 'lane.inverses = [...lane.inverses];'),
  inProduct('a refused push is retried into the default branch', 'merge/reason.ts', "return reason.code !== 'no-route'", "return reason.code !== 'branch-deleted'"),
  inProduct('own merges are signals', 'merge/signal.ts', "return lines.some((line) => line.startsWith('Maestro-Merge-Id:'));", "return lines.some((line) => line.startsWith('Nobody-Says-This:'));"),
  inProduct('the sweep trusts what it knows', 'coordinator/lookout.ts', 'if ((this.#known.get(branch.ref) ?? this.#refused.get(branch.ref)) !== oid || this.#isBehind(branch.ref, oid)) changed.push(branch.ref);', 'if (!this.#known.has(branch.ref)) changed.push(branch.ref);'),
  inProduct('a hold is never released', 'queue/settle.ts', "if (over) emit(turn, { kind: 'released'", "if (over && one.heldTimes < 0) emit(turn, { kind: 'released'"),
  inProduct('a rewound target goes on', 'merge/step.ts', "if (lane.tip !== null && (relation === 'rewound' || relation === 'diverged'))", "if (lane.tip !== null && relation === 'diverged' && tip === lane.tip)"),
  inProduct('nobody asks what a target lost that was moved back', 'coordinator/coordinator.ts', 'const off = await this.#takenOff(before);', 'const off: readonly Observation[] = [];'),
  inProduct('what was taken off a target stays landed', 'merge/lane.ts', 'for (const id of ids) closeRolledBack(lane, id, null, atMs);', ''),
  inProduct('what a rollback took back stays so when that was taken off', 'merge/lane.ts', 'for (const id of back) comeBack(lane, id, atMs);', ''),
  inProduct('a rollback is forgotten with what landed its work again', 'merge/lane.ts', 'inverse.restoredBy !== null && gone.has(inverse.restoredBy)', 'inverse.restoredBy !== null && ids.length < 0'),
  inProduct('memory and ledger part', 'merge/turn.ts', 'turn.events.push(event);', "if (event.kind !== 'baseline') turn.events.push(event);"),
  inProduct('an innocent is blamed for a red target', 'queue/settle.ts', "if (baseline.kind === 'failed') {", "if (baseline.kind === 'failed' && baseline.ms < 0) {"),
  inProduct('an ended effect is started again', 'coordinator/errand.ts', 'this.#unread.get(target)?.has(key) !== true &&', 'key !== null &&'),
  inProduct('cancel is ignored', 'merge/step.ts', "if (openNotLanding(turn, seen.id) !== null) emit(turn, { kind: 'cancelled'", "if (turn.lane.version < 0) emit(turn, { kind: 'cancelled'"),
  inProduct('pause is ignored', 'merge/step.ts', "if (turn.lane.pausedBy === null || (seen.all && turn.lane.allPausedBy === null)) emit(turn, { kind: 'paused'", "if (turn.lane.version < 0) emit(turn, { kind: 'paused'"),
  inProduct('pause is lost in the fold', 'merge/lane.ts', 'lane.pausedBy = event.by;', 'lane.pausedBy = null;'),
  inProduct('a deleted branch lands', 'merge/step.ts', "if (tip === null) emit(turn, { kind: 'rejected', atMs: turn.view.nowMs, id: old.id, reason: { code: 'branch-deleted' } });", 'if (tip === null) continue;'),
  // An ended effect tells nothing, and its answer would not be taken either: both guards have to fail.
  inProduct('options made on another tip are asked about', 'merge/step.ts', "if (phase?.state !== 'deliberating' || phase.onto !== seen.onto || phase", "if (phase?.state !== 'deliberating' || phase", { file: 'coordinator/errand.ts', find: 'if (!abort.signal.aborted) this.#tell(target, key, seen);', replace: 'this.#tell(target, key, seen);' }),
  inProduct('a retry keeps its answer', 'merge/lane.ts', '{ ...request, arrival: lane.version, arrivedAtMs: event.atMs, waitsSinceMs: event.atMs, heldTimes: 0, resolution: null,', '{ ...request, arrival: lane.version, arrivedAtMs: event.atMs, waitsSinceMs: event.atMs, heldTimes: 0,'),
  inProduct('one that was held is overtaken again', 'queue/plan.ts', 'if (first.heldTimes > 0 && lane.chain.length > 0) return [];', ''),
  inProduct('answers A and B are swapped', 'merge/step.ts', "choices, by, how: 'person'", "choices: choices.map((one) => (one === 'A' ? 'B' : one === 'B' ? 'A' : one)), by, how: 'person'"),
  inProduct('nobody is told what an answer dropped', 'merge/lane.ts', "if (how !== 'diff3') lane.tasksDue.set", "if (how === 'diff3') lane.tasksDue.set"),
  inProduct('promotions are never due', 'merge/promotion.ts', 'if (!isDue(route.promote,', 'if (tip !== null || !isDue(route.promote,'),
  inProduct('what is promoted by hand promotes itself', 'merge/promotion.ts', "case 'manual': return false;", "case 'manual': return true;"),
  inProduct('a promotion does not wait until its source is idle', 'merge/promotion.ts', "case 'when-idle': return ![...source.requests.values()].some(isOpen);", "case 'when-idle': return true;"),
  inProduct('a promotion ignores its period', 'merge/promotion.ts', "promotion.when === 'every' ? nowMs - sinceMs >= promotion.periodMs", "promotion.when === 'every' ? nowMs >= 0"),
  inProduct('a foreign push is promoted', 'merge/promotion.ts', 'if (tip !== source.landedTip) return null;', ''),
  inProduct('hotfixes do not come back down', 'merge/promotion.ts', 'due.push(...backMergesInto(lane, source, view));', ''),
  inProduct('a clock that jumps ends patience', 'queue/plan.ts', '  skipTime(turn);\n', ''),
  inProduct('a cycle is never named', 'queue/settle.ts', 'const reason = cycle !== null ?', 'const reason = cycle !== null && cycle.length > 99 ?'),
  inProduct('a cancelled dependency counts as met', 'queue/dependency.ts', "{ kind: 'failed', why: `it was cancelled by ${found.phase.by}` }", "{ kind: 'met' }"),
  inProduct('a deleted target does not stop its lane', 'merge/step.ts', "if (lane.alarm === null) emit(turn, { kind: 'stopped', atMs: view.nowMs, alarm: { kind: 'target-gone'", "if (lane.version < 0) emit(turn, { kind: 'stopped', atMs: view.nowMs, alarm: { kind: 'target-gone'"),
  inProduct('what landed is tried again', 'merge/step.ts', "if (phase.state !== 'cancelled' && phase.state !== 'rolled-back' &&", "if (phase.state !== 'landed' && phase.state !== 'cancelled' && phase.state !== 'rolled-back' &&"),
  inProduct('the priority is dropped at the door', 'coordinator/lookout.ts', "const priority = signal.priority ?? (route.kind === 'to' ? route.priority : 'normal');", "const priority = 'normal';"),
  inProduct('dependencies are dropped at the door', 'coordinator/lookout.ts', 'dependsOn: signal.dependsOn, contained: [], priority }', 'dependsOn: [], contained: [], priority }'),
];

function inAdapter(name: string, bugs: Partial<GitBugs>, leases = true): Planted {
  return { name, patches: [], bugs: { ...NO_GIT_BUGS, ...bugs }, leases };
}

function inProduct(name: string, file: string, find: string, replace: string, ...more: readonly Patch[]): Planted {
  return { name, patches: [{ file, find, replace }, ...more], bugs: NO_GIT_BUGS, leases: true };
}
