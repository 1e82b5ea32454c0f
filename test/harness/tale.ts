// A short story on the symbolic world: no faults, hints arrive, time passes only when told. The words of scenario tests.
import { openEmbeddedInbox } from '../../src/adapter/embedded/inbox.ts';
import { openMemoryStore } from '../../src/adapter/embedded/memory-store.ts';
import { startService } from '../../src/coordinator/service.ts';
import { waitsFor } from '../../src/coordinator/explain.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import { questionMark } from '../../src/merge/identity.ts';
import { emptyLane, fold, type Lane } from '../../src/merge/lane.ts';
import { isOpen, type MergeRequest, type Phase, type State } from '../../src/merge/request.ts';
import type { Observation } from '../../src/merge/observation.ts';
import type { Control } from '../../src/port/control.ts';
import { NO_MINDS, type Minds } from '../../src/port/minds.ts';
import { rollOf } from '../../src/queue/dependency.ts';
import { CONFIG_PATH, parsePolicy, PLAIN, textOf, type Config } from '../simulation/rule.ts';
import type { Files } from './history.ts';
import { settled } from './moments.ts';
import { Random } from './random.ts';
import { World } from './world.ts';

const BY = 'Ada';
const STEPS_MAX = 20_000;

/** `on`: the branch it is cut from. `says`: more lines of the commit message. */
export type PushChoices = { readonly on?: string; readonly says?: string; readonly ready?: boolean };

export type Tale = {
  readonly world: World;
  /** Every gate run so far. */
  readonly gateRuns: number;
  push(branch: string, files: Readonly<Record<string, string>>, choices?: PushChoices): void;
  /** Somebody pushes to a target past Maestro. */
  pushByHand(target: string, files: Readonly<Record<string, string>>): void;
  /** Somebody moves a target to a branch's tip past Maestro. */
  fastForward(target: string, branch: string): void;
  /** Its last commit is taken off again by force. */
  goesBack(branch: string): void;
  /** The very same tip is pushed again. */
  restore(branch: string, tip: Oid): void;
  remove(branch: string): void;
  /** Until nothing more happens by itself. */
  settles(): Promise<void>;
  /** The clock is set. */
  later(ms: number): Promise<void>;
  /** Time truly passes, sweep after sweep. */
  waits(ms: number): Promise<void>;
  restart(): Promise<void>;
  /** The ledger is lost whole, and somebody starts on an empty one. */
  loses(): Promise<void>;
  decide(branch: string, answer: string): Promise<void>;
  cancel(branch: string): Promise<void>;
  retry(branch: string): Promise<void>;
  rollback(branch: string): Promise<void>;
  promote(branch: string, into: string): Promise<void>;
  /** `all`: as said to every lane. */
  pause(target: string, all?: boolean): Promise<void>;
  resume(target: string, all?: boolean): Promise<void>;
  /** What it learned counts no more. */
  forget(target: string): Promise<void>;
  /** Somebody at the counter; everything goes on meanwhile. */
  asks<T>(word: (control: Control) => Promise<T>): Promise<T>;
  request(branch: string): MergeRequest;
  /** As `maestro explain` says it. */
  waitsFor(branch: string): string;
  state(branch: string): State;
  phase<S extends State>(branch: string, state: S): Extract<Phase, { state: S }>;
  /** What a target holds, without the config. */
  files(target: string): Readonly<Record<string, string>>;
  /** Subjects of what entered a target, oldest first. */
  landings(target: string): readonly string[];
};

/** `targets` exist from the start; `main` always does. */
export function tell(config: Partial<Config> = {}, targets: readonly string[] = [], seed = 1, minds: Minds = NO_MINDS): Tale {
  const random = new Random(seed);
  const world = new World({ product: { fold, startService, openMemoryStore, openEmbeddedInbox }, random, minds, parseConfig: parsePolicy });
  let gateRuns = 0;
  world.watcher = { appended: () => undefined, started: (what) => void (gateRuns += what === 'gate' ? 1 : 0) };
  const { history, remote } = world;
  const root = history.commit(new Map([[CONFIG_PATH, textOf({ ...PLAIN, ...config })], ['app', 'start'], ['lib', 'start']]), [], 'the beginning');
  for (const target of ['main', ...targets]) remote.set(refOf(target), root.oid, 'person');
  let words = 0;
  const tale: Tale = {
    world,
    get gateRuns() {
      return gateRuns;
    },
    push: (branch, files, { on = 'main', says = '', ready = true } = {}) => {
      const base = remote.tip(refOf(branch)) !== null && on === 'main' ? refOf(branch) : refOf(on);
      commitOn(branch, base, files, `${branch} ${(words += 1)}\n\n${ready ? 'READY_TO_MERGE\n' : ''}${says}`);
    },
    pushByHand: (target, files) => commitOn(target, refOf(target), files, `by hand ${(words += 1)}`),
    fastForward: (target, branch) => {
      remote.set(refOf(target), remote.tip(refOf(branch)), 'person');
      world.hint(refOf(target));
    },
    goesBack: (branch) => {
      const [parent] = history.get(remote.tip(refOf(branch)) ?? root.oid).parents;
      remote.set(refOf(branch), parent ?? null, 'agent');
      world.hint(refOf(branch));
    },
    restore: (branch, tip) => {
      remote.set(refOf(branch), tip, 'agent');
      world.hint(refOf(branch));
    },
    remove: (branch) => {
      remote.set(refOf(branch), null, 'agent');
      world.hint(refOf(branch));
    },
    settles,
    later: async (ms) => {
      world.moments.jump(ms);
      world.hint(null);
      await settles();
      world.service?.coordinator.ringAll();
      await settles();
    },
    waits: async (ms) => {
      const endMs = world.moments.passedMs + ms;
      while (world.moments.passedMs < endMs) {
        await world.passTime();
        await settles();
      }
    },
    restart: async () => {
      for (const run of world.living) world.kill(run);
      world.start();
      await settles();
    },
    loses: async () => {
      world.loseLedger();
      world.start();
      await settles();
    },
    decide: (branch, answer) => say(branch, (one) => ({ kind: 'decide', id: one.id, question: one.phase.state === 'escalated' ? questionMark(one.phase.question) : '', answer, by: BY })),
    cancel: (branch) => say(branch, (one) => ({ kind: 'cancel', id: one.id, by: BY })),
    retry: (branch) => say(branch, (one) => ({ kind: 'retry', request: one, by: BY })),
    rollback: (branch) => say(branch, (landed) => ({ kind: 'rollback', landed, by: BY })),
    promote: async (branch, into) => {
      const tip = remote.tip(refOf(branch));
      if (tip !== null) await order(into, { kind: 'promote', branch: refOf(branch), tip, title: `Promote ${branch}`, author: BY });
    },
    pause: (target, all = false) => order(target, { kind: 'pause', by: BY, all }),
    resume: (target, all = false) => order(target, { kind: 'resume', by: BY, all }),
    forget: (target) => order(target, { kind: 'forget', by: BY }),
    asks: async (word) => {
      const { control } = world;
      if (control === null) throw new Error('nobody is at the counter');
      const [answer] = await Promise.all([word(control), settles()]);
      return answer;
    },
    request: (branch) => latest(branch),
    waitsFor: (branch) => {
      const one = latest(branch);
      const lanes = world.service?.coordinator.lanes ?? new Map<RefName, Lane>();
      return waitsFor(one, lanes.get(one.target) ?? emptyLane(one.target), rollOf([...lanes.values()]));
    },
    state: (branch) => latest(branch).phase.state,
    phase: (branch, state) => {
      const { phase } = latest(branch);
      if (!isIn(phase, state)) throw new Error(`${branch} is ${phase.state}, not ${state}`);
      return phase;
    },
    files: (target) => Object.fromEntries([...filesAt(target)].filter(([path]) => path !== CONFIG_PATH)),
    landings: (target) => (history.firstParents(remote.tip(refOf(target)) ?? root.oid, root.oid) ?? []).map((commit) => commit.message.split('\n', 1)[0]?.replaceAll('refs/heads/', '') ?? ''),
  };
  return tale;

  function commitOn(branch: string, base: RefName, files: Readonly<Record<string, string>>, message: string): void {
    const parent = remote.tip(base) ?? root.oid;
    const commit = history.commit(new Map([...history.get(parent).files, ...Object.entries(files)]), [parent], message);
    remote.set(refOf(branch), commit.oid, 'agent');
    world.hint(refOf(branch));
  }

  async function settles(): Promise<void> {
    if (world.living.length === 0) world.start();
    await settled();
    for (let step = 0; await world.step(); step += 1) if (step > STEPS_MAX) throw new Error('the story does not end');
    if (world.uncaught.length > 0) throw world.uncaught[0];
  }

  async function order(target: string, seen: Observation): Promise<void> {
    world.command(refOf(target), seen);
    await settles();
  }

  async function say(branch: string, word: (one: MergeRequest) => Observation): Promise<void> {
    const one = latest(branch);
    world.command(one.target, word(one));
    await settles();
  }

  /** The open request of a branch, else the one that came last; not its back-merge or rollback. */
  function latest(branch: string): MergeRequest {
    const all = [...(world.service?.coordinator.lanes.values() ?? [])].flatMap((lane) => [...lane.requests.values()]).filter((one) => one.branch === refOf(branch) && (one.kind.kind === 'branch' || one.kind.kind === 'promotion'));
    const found = all.findLast(isOpen) ?? all.toSorted((a, b) => a.arrival - b.arrival).at(-1);
    if (found === undefined) throw new Error(`nobody asked for ${branch}`);
    return found;
  }

  function filesAt(target: string): Files {
    return history.get(remote.tip(refOf(target)) ?? root.oid).files;
  }
}

function refOf(branch: string): RefName {
  return `refs/heads/${branch}` as RefName;
}

function isIn<S extends State>(phase: Phase, state: S): phase is Extract<Phase, { state: S }> {
  return phase.state === state;
}
