// A whole Maestro in one event loop: the real coordinator on symbolic ports, a remote, a ledger that outlives crashes. Invents no story.
import { NO_MINDS, type Minds } from '../../src/port/minds.ts';
import { MaestroError } from '../../src/error.ts';
import { shortName, type Oid, type RefName } from '../../src/merge/branch.ts';
import type { fold, Lane } from '../../src/merge/lane.ts';
import type { Effect } from '../../src/merge/effect.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import type { Observation } from '../../src/merge/observation.ts';
import type { Policy } from '../../src/merge/policy.ts';
import { CoordinatorControl } from '../../src/coordinator/control.ts';
import type { Ports } from '../../src/coordinator/coordinator.ts';
import type { ParsedConfig } from '../../src/coordinator/rulebook.ts';
import type { Service } from '../../src/coordinator/service.ts';
import type { Control } from '../../src/port/control.ts';
import type { Store } from '../../src/port/store.ts';
import type { openEmbeddedInbox } from '../../src/adapter/embedded/inbox.ts';
import type { openMemoryStore } from '../../src/adapter/embedded/memory-store.ts';
import type { startService } from '../../src/coordinator/service.ts';
import { NO_FAULTS, type Faults, type Place } from './fault.ts';
import { History } from './history.ts';
import { Moments, settled, type Life } from './moments.ts';
import type { Random } from './random.ts';
import { judge } from './symbolic-gate.ts';
import { NO_GIT_BUGS, openSymbolicGit, type Call, type GitBugs, type Started } from './symbolic-git.ts';
import { SymbolicRemote, type Push, type PushAnswer } from './symbolic-remote.ts';

export const MAIN = 'refs/heads/main' as RefName;

/** The code under test: today's, or a copy with one bug planted. */
export type Product = { readonly fold: typeof fold; readonly startService: typeof startService; readonly openMemoryStore: typeof openMemoryStore; readonly openEmbeddedInbox: typeof openEmbeddedInbox };

/** Watches everything that cannot be taken back. */
export type Watcher = {
  appended(token: number, newest: number, target: RefName, events: readonly LedgerEvent[], life: Life): void;
  started(what: string, target: RefName, lane: Lane | undefined, build?: Extract<Effect, { kind: 'build' }>): void;
};

export type Run = Life & { service: Service | null; control: Control | null; fatal: MaestroError | null };

export type WorldChoices = { readonly product: Product; readonly random: Random; readonly parseConfig: (text: string) => Policy | null; readonly faults?: Faults; readonly watcher?: Watcher; readonly bugs?: GitBugs; readonly minds?: Minds };

export class World {
  readonly history = new History();
  readonly remote = new SymbolicRemote(this.history);
  readonly moments: Moments;
  readonly runs: Run[] = [];
  /** Errors that reached the inbox: nobody caught them. */
  readonly uncaught: unknown[] = [];
  readonly product: Product;
  readonly trace: string[] = [];
  /** Everything people said, whether or not anybody listened. */
  readonly commands: { readonly target: RefName; readonly seen: Observation }[] = [];
  tracing = false;
  watcher: Watcher | null;
  steps = 0;
  /** How often somebody looked at all of the remote. */
  sweeps = 0;
  readonly #choices: WorldChoices;
  readonly #faults: Faults;
  #store: Store;
  /** How many events of each lane are in the ledger. */
  readonly #saved = new Map<RefName, number>();
  #newestToken = 0;

  constructor(choices: WorldChoices) {
    this.#choices = choices;
    this.product = choices.product;
    this.#faults = choices.faults ?? NO_FAULTS;
    this.watcher = choices.watcher ?? null;
    this.moments = new Moments(choices.random);
    this.#store = choices.product.openMemoryStore();
  }

  /** Runs that could still do something; the last one holds the ledger. */
  get living(): readonly Run[] {
    return this.runs.filter((run) => run.alive);
  }

  get service(): Service | null {
    return this.living.at(-1)?.service ?? null;
  }

  /** A new coordinator's process. Whatever ran before is not asked. */
  start(): Run {
    const run: Run = { name: `run ${this.runs.length + 1}`, alive: true, service: null, control: null, fatal: null };
    this.runs.push(run);
    const ports = this.#portsOf(run);
    const started = this.product.startService(ports, MAIN, run.name, (error) => {
      run.fatal = error;
      this.kill(run);
    });
    started.then(
      (service) => {
        run.service = service;
        run.control = new CoordinatorControl(service, ports, 'the remote', 0);
      },
      (error: unknown) => this.uncaught.push(error),
    );
    return run;
  }

  /** kill -9: nothing it waited for comes back; a push that left may still arrive. */
  kill(run: Run): void {
    run.alive = false;
    this.moments.dropOf(run);
  }

  /** All of it, as a Redis that is wiped. Whoever had read it dies of it: nobody can write to it any more. */
  loseLedger(): void {
    for (const run of this.living) this.kill(run);
    this.#store = this.product.openMemoryStore();
    this.#saved.clear();
  }

  /** Where people speak to the running coordinator. */
  get control(): Control | null {
    return this.living.at(-1)?.control ?? null;
  }

  hint(ref: RefName | null): void {
    for (const run of this.living) run.service?.hint(ref);
  }

  /** A person's word to the running coordinator. */
  command(target: RefName, seen: Observation): void {
    this.commands.push({ target, seen });
    this.service?.coordinator.deliver(target, seen);
  }

  lane(target: RefName): Lane | undefined {
    return this.service?.coordinator.lanes.get(target);
  }

  /** The next thing happens. False when nothing waits but time. */
  async step(): Promise<boolean> {
    const moment = this.moments.take();
    if (moment === null) return false;
    this.steps += 1;
    if (this.tracing) this.note(`. ${moment.label}`);
    moment.happen();
    await settled();
    return true;
  }

  async passTime(): Promise<boolean> {
    this.steps += 1;
    const passed = this.moments.passTime();
    await settled();
    return passed;
  }

  note(line: string): void {
    if (this.tracing) this.trace.push(`${this.steps} ${line}`);
  }

  #portsOf(run: Run): Ports {
    const { history, remote } = this;
    const call: Call = (place, label, work) => this.#call(run, place, label, work);
    const started: Started = (what, target, build) => this.watcher?.started(what, target, run.service?.coordinator.lanes.get(target), build);
    return {
      git: openSymbolicGit({ history, remote, call, started, push: (push) => this.#push(run, push) }, this.#choices.bugs ?? NO_GIT_BUGS),
      store: this.#storeOf(run, call),
      gate: {
        run: (commit, tree, rule, abort) => {
          const target = this.#targetOf(commit, run);
          if (!abort.aborted && target !== null) started('gate', target);
          return call('gate', 'gate', () => {
            if (abort.aborted) throw new MaestroError('timeout', 'stopped');
            return judge(history.filesOf(tree), tree, rule);
          });
        },
        close: () => Promise.resolve(),
      },
      minds: this.#choices.minds ?? NO_MINDS,
      inbox: this.product.openEmbeddedInbox((key, error) => {
        if (run.alive) this.#uncaughtIn(key, error);
      }),
      clock: this.moments.clockOf(run),
      parseConfig: (text) => Promise.resolve(this.#parse(text)),
    };
  }

  /** An unanswered call that reaches the inbox is looked at again on the next sweep; anything else is a bug of ours. */
  #uncaughtIn(key: string, error: unknown): void {
    if (error instanceof Error && error.name === 'MaestroError') this.note(`${key}: ${error.message}`);
    else this.uncaught.push(error);
  }

  #parse(text: string): ParsedConfig {
    const policy = this.#choices.parseConfig(text);
    return policy === null ? { kind: 'broken', problems: [{ line: 1, text: 'not understood' }] } : { kind: 'ok', policy };
  }

  #targetOf(commit: Oid, run: Run): RefName | null {
    const message = this.history.find(commit)?.message ?? '';
    const named = /^Merge \S+ into (refs\/heads\/\S+)/.exec(message)?.[1];
    const lane = named === undefined ? undefined : run.service?.coordinator.lanes.get(named as RefName);
    return lane?.tip === commit ? null : lane?.target ?? null;
  }

  #storeOf(run: Run, call: Call): Store {
    const store = this.#store;
    return {
      claim: (holder) => call('store', 'claim', async () => {
        this.#newestToken = await store.claim(holder);
        return this.#newestToken;
      }),
      load: () => call('store', 'load', () => store.load()),
      append: (token, target, version, events) => call('store', 'append', async () => {
        await store.append(token, target, version, events);
        // Once more the same: the answer was lost.
        if (version < (this.#saved.get(target) ?? 0)) return;
        this.#saved.set(target, version + events.length);
        if (this.tracing) for (const event of events) this.note(`${run.name} ${shortName(target)} ${tell(event)}`);
        this.watcher?.appended(token, this.#newestToken, target, events, run);
      }),
      history: (request) => store.history(request),
      recall: (key) => call('store', 'recall', () => store.recall(key)),
      remember: (token, key, value) => call('store', 'remember', () => store.remember(token, key, value)),
      close: () => store.close(),
    };
  }

  #call<T>(run: Run, place: Place, label: string, work: () => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!run.alive) return;
      const happen = (): void => {
        if (label === SWEEP) this.sweeps += 1;
        const fate = SPARED.has(label) ? 'ok' : this.#faults.fate(place);
        if (fate === 'before') return reject(this.#faults.error(place));
        const answer = (give: () => void): void => (fate === 'slow' ? this.moments.add({ label: `${run.name} ${label} answers`, life: run, happen: give }) : give());
        new Promise<T>((done) => done(work())).then(
          (value) => answer(() => (fate === 'after' ? reject(this.#faults.error(place)) : resolve(value))),
          (error: unknown) => answer(() => reject(error)),
        );
      };
      // What is read on this machine mostly answers at once; the rest waits its turn.
      if (PROMPT.has(label) && this.#choices.random.chance(0.9)) resolve(work());
      else this.moments.add({ label: `${run.name} ${label}`, life: run, happen });
    });
  }

  /** Once it has left the machine it belongs to no process: it may arrive after its sender gave up or died. */
  #push(run: Run, push: Push): Promise<PushAnswer | { readonly kind: 'unclear' }> {
    return new Promise((resolve) => {
      const happen = (): void => {
        const fate = run.alive ? this.#faults.fate('push') : this.#choices.random.pick(['before', 'ok'] as const);
        if (fate === 'before') return resolve({ kind: 'unclear' });
        if (fate === 'late') {
          this.moments.add({ label: `late push of ${run.name}`, life: null, happen: () => void this.#arrive(push, true) });
          return resolve({ kind: 'unclear' });
        }
        const answer = this.#arrive(push, !run.alive);
        if (fate === 'slow') this.moments.add({ label: `${run.name} push answers`, life: run, happen: () => resolve(answer) });
        else resolve(fate === 'after' ? { kind: 'unclear' } : answer);
      };
      this.moments.add({ label: `push of ${run.name}`, life: null, happen });
    });
  }

  #arrive(push: Push, late: boolean): PushAnswer {
    const answer = this.remote.push(push, late);
    if (this.tracing) this.note(`push ${shortName(push.ref)} ${push.old.slice(-4)}..${push.new.slice(-4)}${late ? ' (late)' : ''}: ${answer.kind}`);
    return answer;
  }
}

/** Before these answer nothing of the process exists that could be harmed. */
const SPARED: ReadonlySet<string> = new Set(['claim', 'load']);
const SWEEP = 'ls-remote';
const PROMPT: ReadonlySet<string> = new Set(['commit', 'file', 'relation', 'recall', 'remember']);

function tell(event: LedgerEvent): string {
  const { kind, atMs: _atMs, ...rest } = event;
  return `${kind} ${JSON.stringify(rest).replaceAll(/0{12,}/g, '..').slice(0, 1200)}`;
}
