// What agents and people do in one run: pushes, second thoughts, commands, accidents. Draws everything from the seed; touches only the remote and the counter.
import type { Oid, RefName } from '../../src/merge/branch.ts';
import { questionMark } from '../../src/merge/identity.ts';
import { isOpen, type MergeRequest } from '../../src/merge/request.ts';
import type { Route } from '../../src/merge/policy.ts';
import { count } from '../harness/fault.ts';
import type { Files } from '../harness/history.ts';
import type { Random } from '../harness/random.ts';
import { MAIN, type World } from '../harness/world.ts';
import { CONFIG_PATH, PLAIN, WAIT_MS, textOf, type Config } from './rule.ts';

export const INTEGRATION = 'refs/heads/integration' as RefName;
export const TEAM = 'refs/heads/team/a' as RefName;

/** How wild a run is; drawn once a seed. */
export type Mood = { readonly lanes: number; readonly branches: number; readonly faultRate: number; readonly red: number; readonly paths: number; readonly accidents: number };

export class Story {
  readonly world: World;
  readonly targets: readonly RefName[];
  readonly faults: Map<string, number>;
  readonly #random: Random;
  readonly #mood: Mood;
  readonly #config: Config;
  readonly #names: readonly string[];
  #words = 0;

  constructor(world: World, random: Random, mood: Mood, faults: Map<string, number>) {
    this.world = world;
    this.faults = faults;
    this.#random = random;
    this.#mood = mood;
    this.#config = configOf(random, mood);
    this.targets = [MAIN, INTEGRATION, TEAM].slice(0, mood.lanes);
    this.#names = Array.from({ length: mood.branches }, (_, at) => nameOf(random, mood, at));
    const root = world.history.commit(this.#seedFiles(), [], 'the beginning');
    for (const target of this.targets) world.remote.set(target, root.oid, 'person');
  }

  /** One thing somebody does. */
  act(): void {
    const draw = this.#random.next();
    if (draw < 0.5) this.#push();
    else if (draw < 0.56) this.#deleteBranch();
    else if (draw < 0.86) this.#command();
    else if (draw < 0.86 + 0.07) this.#foreignPush();
    else this.#accident();
  }

  /** A target that is red by itself is mended by hand, a broken config too, a deleted target comes back. */
  mend(target: RefName, last: Oid): void {
    const { history, remote } = this.world;
    const tip = remote.tip(target) ?? last;
    const files = new Map([...history.get(tip).files].map(([path, word]) => [path, path !== CONFIG_PATH && /^(bad|soft|slow|lone|left|right)/.test(word) ? this.#word('mended') : word]));
    if (files.get(CONFIG_PATH)?.startsWith('{') !== true) files.set(CONFIG_PATH, textOf(this.#config));
    if (remote.tip(target) === null || history.tree(files) !== history.get(tip).tree) remote.set(target, history.commit(files, [tip], 'mend').oid, 'person');
  }

  #push(): void {
    const { history, remote } = this.world;
    const name = this.#random.pick(this.#names);
    const ref = `refs/heads/${name}` as RefName;
    const own = remote.tip(ref);
    const base = own !== null && this.#random.chance(0.6) ? own : this.#base();
    const files = new Map(history.get(base).files);
    for (let edit = this.#random.between(1, 2); edit > 0; edit -= 1) this.#edit(files);
    const commit = history.commit(files, [base], this.#message(name), `author of ${name}`);
    remote.set(ref, commit.oid, 'agent');
    this.world.note(`agent pushes ${name} ${commit.oid.slice(-4)} on ${base.slice(-4)}: ${commit.message.replaceAll('\n', ' ')} ${[...files].filter(([path, word]) => history.get(base).files.get(path) !== word).join(' ')}`);
    this.#signal(ref);
  }

  /** Where work starts: a target, what was there long ago, another branch. */
  #base(): Oid {
    const { remote, history } = this.world;
    if (this.#random.chance(0.02)) return history.commit(new Map([['alone', this.#word('w')]]), [], 'elsewhere').oid;
    const target = remote.tip(this.#random.pick(this.targets)) ?? remote.tip(MAIN);
    const other = this.#random.chance(0.15) ? remote.tip(`refs/heads/${this.#random.pick(this.#names)}` as RefName) : null;
    const tip = other ?? target;
    if (tip === null) return history.commit(this.#seedFiles(), [], 'the beginning').oid;
    const line = history.firstParents(tip, null) ?? [];
    return this.#random.chance(0.35) ? (line.at(-1 - this.#random.below(Math.min(4, line.length)))?.oid ?? tip) : tip;
  }

  #edit(files: Map<string, string>): void {
    const path = `p${this.#random.below(this.#mood.paths)}`;
    const draw = this.#random.next();
    if (draw < this.#mood.red) files.set(path, this.#word(this.#random.pick(['bad', 'soft', 'slow', 'soft'])));
    else if (draw < this.#mood.red + 0.12) files.set(path, `${this.#random.pick(['left', 'right'])}:${this.#random.below(2)}`);
    else if (draw < this.#mood.red + 0.16) files.delete(path);
    else if (draw < this.#mood.red + 0.22) files.set(CONFIG_PATH, this.#random.chance(0.2) ? 'broken' : textOf(configOf(this.#random, this.#mood)));
    else files.set(path, this.#word(plainWord(this.#random.next())));
  }

  #message(name: string): string {
    if (this.#random.chance(0.08)) return `work on ${name}`;
    const lines = [`work on ${name} ${(this.#words += 1)}`, '', 'READY_TO_MERGE'];
    if (this.#random.chance(0.25)) lines.push(`Depends-On: ${this.#random.chance(0.1) ? 'feature/never' : this.#random.pick(this.#names)}`);
    if (this.#random.chance(0.15)) lines.push(`Priority: ${this.#random.pick(['hotfix', 'high', 'low'])}`);
    if (this.#random.chance(0.03)) lines.push('Target: nowhere');
    return lines.join('\n');
  }

  #deleteBranch(): void {
    const ref = `refs/heads/${this.#random.pick(this.#names)}` as RefName;
    if (this.world.remote.tip(ref) === null) return;
    this.world.remote.set(ref, null, 'agent');
    this.world.note(`agent deletes ${ref}`);
    this.#signal(ref);
  }

  /** The news of a push: told once, twice, late, or never. */
  #signal(ref: RefName): void {
    const wild = this.#mood.faultRate > 0;
    if (wild && this.#random.chance(0.25)) return count(this.faults, 'signal dropped');
    this.world.moments.add({ label: `hint ${ref}`, life: null, happen: () => this.world.hint(ref) });
    if (!wild || !this.#random.chance(0.2)) return;
    count(this.faults, 'signal doubled');
    this.world.moments.add({ label: `hint ${ref}`, life: null, happen: () => this.world.hint(ref) });
  }

  #command(): void {
    const { service } = this.world;
    if (service === null) return;
    const lane = this.#random.pick([...service.coordinator.lanes.values(), null]);
    if (lane === null) return;
    const by = 'a person';
    const draw = this.#random.next();
    if (draw < 0.12) return this.world.command(lane.target, { kind: 'pause', by, all: false });
    if (draw < 0.35) return this.world.command(lane.target, { kind: 'resume', by, all: false });
    const request = this.#random.pick([...lane.requests.values(), null]);
    if (request === null) return;
    if (request.phase.state === 'escalated' && this.#random.chance(0.7)) return this.decide(request, this.#random.pick(['A', 'B', 'C', 'AB', 'x']));
    if (isOpen(request)) return this.#random.chance(0.25) ? this.world.command(lane.target, { kind: 'cancel', id: request.id, by }) : undefined;
    if (request.phase.state === 'landed' && this.#random.chance(0.5)) return this.world.command(lane.target, { kind: 'rollback', landed: request, by });
    this.world.command(lane.target, { kind: 'retry', request, by });
  }

  decide(request: MergeRequest, answer: string): void {
    if (request.phase.state === 'escalated') this.world.command(request.target, { kind: 'decide', id: request.id, question: questionMark(request.phase.question), answer, by: 'a person' });
  }

  /** Somebody pushes to a target past Maestro; now and then a commit that is red or breaks the config. */
  #foreignPush(): void {
    const { history, remote } = this.world;
    const target = this.#random.pick(this.targets);
    const tip = remote.tip(target);
    if (tip === null) return;
    const files = new Map(history.get(tip).files);
    this.#edit(files);
    count(this.faults, 'foreign push to a target');
    const commit = history.commit(files, [tip], `by hand ${(this.#words += 1)}`);
    remote.set(target, commit.oid, 'person');
    this.world.note(`foreign push to ${target} ${commit.oid.slice(-4)}`);
    if (this.#random.chance(0.5)) this.#signal(target);
  }

  #accident(): void {
    if (this.#mood.faultRate === 0 || !this.#random.chance(this.#mood.accidents)) return;
    const draw = this.#random.next();
    if (draw < 0.35) return this.#crash();
    if (draw < 0.55) return this.#takeOver();
    if (draw < 0.75) {
      count(this.faults, 'clock jumps');
      return this.world.moments.jump(this.#random.between(-5, 30) * 3_600_000);
    }
    if (draw < 0.85) return this.#refuse();
    const target = this.#random.pick(this.targets);
    const tip = this.world.remote.tip(target);
    const parent = tip === null ? undefined : this.world.history.get(tip).parents[0];
    if (parent === undefined) return;
    const gone = draw > 0.93 && target !== MAIN;
    count(this.faults, gone ? 'target deleted' : 'target rewound');
    this.world.note(`${target} is ${gone ? 'deleted' : `rewound to ${parent.slice(-4)}`}`);
    this.world.remote.set(target, gone ? null : parent, 'person');
    this.#signal(target);
  }

  #crash(): void {
    const run = this.world.living.at(-1);
    if (run === undefined) return;
    count(this.faults, 'crash');
    this.world.note(`${run.name} is killed`);
    this.world.kill(run);
  }

  /** A second coordinator claims the ledger while the first still acts. */
  #takeOver(): void {
    if (this.world.living.length !== 1) return;
    count(this.faults, 'second coordinator');
    this.world.note('a second coordinator starts');
    this.world.start();
  }

  /** The remote declines pushes for a while: all of them, or those with more than one merge. */
  #refuse(): void {
    count(this.faults, 'remote declines pushes');
    const all = this.#random.chance(0.2);
    let left = this.#random.between(1, 3);
    this.world.remote.policy = (push) => {
      if (left <= 0) return null;
      left -= 1;
      return all ? 'protected branch' : push.records.length > 1 ? 'a hook declined' : null;
    };
  }

  #seedFiles(): Files {
    return new Map([[CONFIG_PATH, textOf(this.#config)], ...Array.from({ length: this.#mood.paths }, (_, at): [string, string] => [`p${at}`, 'start'])]);
  }

  #word(kind: string): string {
    return `${kind}${(this.#words += 1)}`;
  }
}

function nameOf(random: Random, mood: Mood, at: number): string {
  if (mood.lanes === 1) return `feature/${at}`;
  if (random.chance(0.15)) return `hotfix/${at}`;
  return mood.lanes === 3 && random.chance(0.5) ? `feature/a-${at}` : `work/${at}`;
}

function configOf(random: Random, mood: Mood): Config {
  const gate = random.chance(0.15) ? null : { run: random.pick(['check', 'check', 'strict']), scope: random.pick(['each', 'each', 'chain'] as const) };
  return { ...PLAIN, dependencyWaitMs: WAIT_MS, gate, routes: routesOf(random, mood.lanes), diff3: random.pick(['auto', 'offer', 'off']), chainMax: random.pick([1, 2, 4, 8]), gatesMax: random.between(1, 3) };
}

/** The way up is the same for every config of a run but for when promotions are due. */
function routesOf(random: Random, lanes: number): readonly Route[] {
  if (lanes === 1) return [];
  const promote = (): Route['promote'] => random.pick([{ when: 'on-ready' }, { when: 'when-idle' }, { when: 'manual' }, { when: 'every', periodMs: 3_600_000 }, { when: 'daily', minuteOfDay: 60 }] as const);
  const route = (branch: string, into: string, more: Partial<Route> = {}): Route => ({ branch, into, promote: { when: 'manual' }, priority: 'normal', backInto: [], ...more });
  return [
    route('hotfix/*', 'main', { priority: 'hotfix', backInto: ['integration'] }),
    route('feature/{team}-*', 'team/{team}'),
    ...(lanes === 3 ? [route('team/*', 'integration', { promote: promote() })] : []),
    route('work/*', 'integration'),
    route('integration', 'main', { promote: promote() }),
  ];
}

function plainWord(draw: number): string {
  if (draw < 0.3) return 'fine';
  return draw < 0.4 ? 'lone' : 'w';
}
