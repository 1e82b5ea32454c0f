// One seed, one life of a repository: a wild part with faults, then a calm tail in which everything must come to its end.
import { shortName, type Oid } from '../../src/merge/branch.ts';
import { isOpen, type MergeRequest } from '../../src/merge/request.ts';
import { routeOf } from '../../src/merge/route.ts';
import { readSignal } from '../../src/merge/signal.ts';
import { dependencyState, rollOf } from '../../src/queue/dependency.ts';
import { count, faultsOf } from '../harness/fault.ts';
import { symbolicMinds } from '../harness/symbolic-minds.ts';
import { NO_MINDS } from '../../src/port/minds.ts';
import { Random } from '../harness/random.ts';
import type { GitBugs } from '../harness/symbolic-git.ts';
import { MAIN, World, type Product } from '../harness/world.ts';
import { Checker, type Violation } from './checker.ts';
import { giveOrders, moveBack, thinkAgain } from './obedience.ts';
import { parsePolicy } from './rule.ts';
import { Story, type Mood } from './story.ts';
import { checkEnds } from './word-check.ts';

/** `bugs` and `leases` are planted ones: what an adapter could get wrong. */
export type SeedChoices = { readonly product: Product; readonly bugs?: GitBugs; readonly leases?: boolean; readonly tracing?: boolean };
export type SeedResult = { readonly seed: number; readonly steps: number; readonly violation: Violation | null; readonly faults: ReadonlyMap<string, number>; readonly checked: ReadonlyMap<string, number>; readonly outcomes: ReadonlyMap<string, number>; readonly trace: readonly string[] };

/** Of both words of a conflict together: they agree at once, where there is a gate. In every second life. */
const SURE = 0.97;
const TAIL_STEPS_MAX = 6_000;
const QUIET_SWEEPS = 3;
const ROUNDS_MAX = 12;
const RESTARTS_MAX = 2;
/** Longer than anybody waits for a dependency that is missing. */
const PATIENT_ROUNDS = 7;

export async function runSeed(seed: number, { product, bugs, leases = true, tracing = false }: SeedChoices): Promise<SeedResult> {
  const random = new Random(seed);
  const mood = moodOf(random);
  const counts = new Map<string, number>();
  const faults = faultsOf(random, mood.faultRate, counts);
  const world = new World({ product, random, parseConfig: parsePolicy, faults, minds: seed % 2 === 0 ? symbolicMinds(SURE) : NO_MINDS, ...(bugs === undefined ? {} : { bugs }) });
  world.tracing = tracing;
  world.remote.leases = leases;
  const checker = new Checker(world);
  world.watcher = checker;
  const story = new Story(world, random, mood, counts);
  checker.look();
  const life = new Life({ world, checker, story, random });
  await life.beWild(random.between(120, 280));
  faults.rate = 0;
  world.remote.policy = () => null;
  if (checker.violation === null) await life.calmDown();
  return { seed, steps: world.steps, violation: checker.violation, faults: counts, checked: checker.checked, outcomes: outcomesOf(checker), trace: world.trace };
}

type Parts = { readonly world: World; readonly checker: Checker; readonly story: Story; readonly random: Random };

class Life {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async beWild(steps: number): Promise<void> {
    const { world, checker, story, random } = this.#parts;
    for (let step = 0; step < steps && checker.violation === null; step += 1) {
      if (world.living.length === 0 && random.chance(0.4)) world.start();
      const draw = random.next();
      if (draw < 0.13) story.act();
      else if (draw < 0.16) await world.passTime();
      else if (!(await world.step())) {
        if (random.chance(0.5)) story.act();
        else await world.passTime();
      }
      this.#watch(random.chance(0.005));
    }
  }

  /** No more faults: sweeps find what signals lost, people answer, and every request ends. */
  async calmDown(): Promise<void> {
    const { world, checker, random } = this.#parts;
    for (const run of world.living.slice(0, -1)) world.kill(run);
    if (world.living.length === 0) world.start();
    await this.#becomeQuiet();
    this.#checkWaiting();
    this.#checkSeen();
    if (checker.violation === null && random.chance(0.25)) await giveOrders(world, checker, () => this.#becomeQuiet());
    await this.#finish();
    if (checker.violation === null && random.chance(0.25)) await thinkAgain(world, checker, () => this.#becomeQuiet());
    await this.#finish();
    if (checker.violation === null && random.chance(0.25)) await moveBack(world, checker, () => this.#becomeQuiet());
    await this.#finish();
    checker.compareMemory();
    this.#checkFinished();
    if (world.service !== null) checkEnds(checker, world.service.coordinator.routing);
  }

  async #finish(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX && this.#parts.checker.violation === null && this.#isUnfinished(); round += 1) {
      this.#help(round);
      await this.#becomeQuiet();
    }
  }

  #watch(compare: boolean): void {
    const { world, checker } = this.#parts;
    checker.look();
    if (compare) checker.compareMemory();
    if (world.uncaught.length > 0) checker.fail('no surprise', String(world.uncaught[0] instanceof Error ? world.uncaught[0].stack : world.uncaught[0]));
  }

  /** Until several sweeps in a row wrote nothing. */
  async #becomeQuiet(): Promise<void> {
    const { world, checker } = this.#parts;
    let restarts = 0;
    let before = this.#events();
    let since = world.sweeps;
    for (let step = 0; checker.violation === null; step += 1) {
      if (step > TAIL_STEPS_MAX) return checker.fail('L1 liveness', `still busy after ${TAIL_STEPS_MAX} steps without a fault`);
      if (await world.step()) {
        this.#watch(false);
        continue;
      }
      // What went wrong in the wild part may end it once more; a supervisor starts it again.
      if (world.living.length === 0) {
        if ((restarts += 1) > RESTARTS_MAX) return checker.fail('L1 liveness', `the coordinator ends by itself: ${world.runs.at(-1)?.fatal?.message ?? 'no reason'}`);
        world.start();
        continue;
      }
      const now = this.#events();
      if (now !== before) since = world.sweeps;
      before = now;
      if (world.sweeps - since >= QUIET_SWEEPS) return;
      await world.passTime();
      this.#watch(false);
    }
  }

  #events(): number {
    let events = 0;
    for (const lane of this.#parts.checker.lanes.values()) events += lane.version;
    return events;
  }

  /** L1: whatever is open waits for a person, for a stopped lane, for time, or for something that does. */
  #checkWaiting(): void {
    const { checker } = this.#parts;
    const open = this.#open();
    const waits = new Set<string>();
    for (let round = 0; round <= open.length; round += 1) for (const one of open) if (!waits.has(one.id) && this.#waits(one, waits)) waits.add(one.id);
    for (const one of open) checker.holds('L1 liveness', waits.has(one.id), () => `${tell(one)} waits for nothing`);
  }

  #waits(one: MergeRequest, waiting: ReadonlySet<string>): boolean {
    const lane = this.#parts.checker.lanes.get(one.target);
    if (lane === undefined || lane.pausedBy !== null || lane.alarm !== null) return true;
    if (one.phase.state === 'escalated') return true;
    if (one.phase.state !== 'queued') return false;
    if (one.phase.hold?.kind === 'target-red') return one.phase.hold.tip === lane.tip;
    const roll = rollOf([...[...this.#parts.checker.lanes.values()].filter((other) => other !== lane), lane]);
    return one.dependsOn.some((name) => {
      const state = dependencyState(one, name, roll);
      // Nobody offers it (any more): its author has some time to push it. Or nobody brought it here yet.
      return state.kind === 'missing' || (state.kind === 'elsewhere' && !this.#parts.checker.contains(one.target, state.tip)) || (state.kind === 'open' && waiting.has(state.request.id));
    });
  }

  /** L3: a marked tip on the remote has its request, whatever became of the signal. */
  #checkSeen(): void {
    const { checker, world } = this.#parts;
    const service = world.service;
    if (service === null || checker.violation !== null) return;
    const { coordinator } = service;
    const requests = [...checker.lanes.keys()].flatMap((target) => checker.requestsOf(target));
    for (const [ref, tip] of world.remote.refs) {
      const reading = readSignal(world.history.get(tip).message, 'READY_TO_MERGE');
      if (reading.kind !== 'ready' || routeOf(coordinator.routing, ref, MAIN, reading.signal.target).kind === 'is-target') continue;
      checker.holds('L3 every signal is seen', requests.some((one) => one.branch === ref && one.tip === tip), () => `${ref} ${tip} was never requested`);
    }
  }

  #open(): readonly MergeRequest[] {
    return [...this.#parts.checker.lanes.values()].flatMap((lane) => [...lane.requests.values()].filter(isOpen));
  }

  #isUnfinished(): boolean {
    return this.#open().length > 0;
  }

  /** A person answers everything, mends targets, resumes lanes; later nobody waits for what never comes. */
  #help(round: number): void {
    const { world, checker, story } = this.#parts;
    for (const lane of checker.lanes.values()) {
      const held = [...lane.requests.values()].some((one) => one.phase.state === 'queued' && one.phase.hold?.kind === 'target-red');
      const last = lane.tip ?? world.remote.tip(MAIN);
      if ((held || lane.alarm !== null) && last !== null) story.mend(lane.target, last);
      if (lane.pausedBy !== null || lane.alarm !== null) world.command(lane.target, { kind: 'resume', by: 'a person', all: true });
    }
    for (const one of this.#open()) if (one.phase.state === 'escalated') story.decide(one, round % 2 === 0 ? 'B' : 'A');
    // What nobody ever promotes is not waited for either; a question that was answered has to end by itself.
    if (round > PATIENT_ROUNDS) for (const one of this.#open()) if (one.phase.state === 'queued') world.command(one.target, { kind: 'cancel', id: one.id, by: 'a person' });
  }

  #checkFinished(): void {
    const { checker } = this.#parts;
    for (const one of this.#open()) checker.holds('L1 liveness', false, () => `${tell(one)} never ends`);
    for (const lane of checker.lanes.values()) {
      if (lane.landing !== null) checker.fail('L1 liveness', `${lane.target} still lands ${lane.landing.id}`);
      // A deleted target nobody waits for stays deleted, and its lane stands still: for that, or for what it was stopped for before.
      if (lane.alarm === null || this.#parts.world.remote.tip(lane.target) !== null) this.#checkTip(lane.target, lane.tip);
    }
  }

  #checkTip(target: Parameters<World['lane']>[0], tip: Oid | null): void {
    const { checker, world } = this.#parts;
    checker.holds('I14 honest words', tip === world.remote.tip(target), () => `${target} is at ${world.remote.tip(target)}, the lane says ${tip}`);
  }
}

function tell(one: MergeRequest): string {
  return `${one.kind.kind} ${shortName(one.branch)} -> ${shortName(one.target)} ${one.id} ${JSON.stringify(one.phase).slice(0, 300)}`;
}

function moodOf(random: Random): Mood {
  return {
    lanes: random.between(1, 3),
    branches: random.between(3, 12),
    faultRate: random.pick([0, 1, 3, 8]),
    red: random.pick([0, 0.1, 0.25]),
    paths: random.between(3, 8),
    accidents: random.pick([0, 0.5, 1]),
  };
}

function outcomesOf(checker: Checker): ReadonlyMap<string, number> {
  const outcomes = new Map<string, number>();
  for (const target of checker.lanes.keys()) for (const one of checker.requestsOf(target)) count(outcomes, one.phase.state === 'rejected' ? `rejected ${one.phase.reason.code}` : one.phase.state);
  return outcomes;
}
