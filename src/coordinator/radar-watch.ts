// Keeps the radar current from what the look-out saw. Off until somebody asks for the first time; its failures are told and steer nothing.
import { MaestroError } from '../error.ts';
import { shortName, type Oid, type RefName } from '../merge/branch.ts';
import type { RadarAsk, RadarLane, RadarReport } from '../merge/radar.ts';
import { routeOf } from '../merge/route.ts';
import type { Policy } from '../merge/policy.ts';
import type { Clock } from '../port/clock.ts';
import type { Survey } from '../port/radar.ts';
import type { Service } from './service.ts';

/** Landings go first: behind them the radar waits, but not for ever. */
const YIELD_MS_MAX = 5_000;

/** Maestro's own branches on the remote are nobody's work. */
const OWN = 'maestro/';

export class RadarWatch {
  readonly #service: Service;
  readonly #survey: Survey;
  readonly #clock: Clock;
  readonly #listeners = new Set<(report: RadarReport) => void>();
  #report: RadarReport = { lanes: [], trouble: 'nothing was looked at yet' };
  #isOn = false;
  #isDue = false;
  /** Somebody waits for the report. */
  #isAsked = false;
  #hurry = (): void => undefined;
  #isClosed = false;
  #working: Promise<void> | null = null;
  #stopListening: readonly (() => void)[] = [];

  constructor(service: Service, survey: Survey, clock: Clock) {
    this.#service = service;
    this.#survey = survey;
    this.#clock = clock;
  }

  /** From now on everything that moves is looked at. */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#stopListening = [
      this.#service.onLooked(() => this.#see()),
      this.#service.coordinator.listen((_target, events) => {
        if (events.some(({ kind }) => kind === 'landed' || kind === 'entered')) this.#see();
      }),
    ];
    this.#see();
  }

  /** As of the last look of the look-out. */
  async report(): Promise<RadarReport> {
    await this.#service.looked;
    this.start();
    this.#isAsked = true;
    this.#hurry();
    await this.settled();
    this.#isAsked = false;
    return this.#report;
  }

  listen(listener: (report: RadarReport) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async settled(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#hurry();
    for (const stop of this.#stopListening) stop();
    await this.settled();
    await this.#survey.close();
  }

  #see(): void {
    if (this.#isClosed) return;
    this.#isDue = true;
    this.#working ??= this.#work();
  }

  /** Ends in the same step in which nothing more is due: whatever is seen later begins anew. */
  async #work(): Promise<void> {
    try {
      while (this.#isDue && !this.#isClosed) {
        await this.#yield();
        if (!this.#isClosed) await this.#look();
      }
    } finally {
      this.#working = null;
    }
  }

  async #look(): Promise<void> {
    this.#isDue = false;
    try {
      const lanes: RadarLane[] = [];
      for (const ask of this.#asks()) lanes.push(await this.#survey.survey(ask));
      this.#report = { lanes, trouble: null };
      for (const listener of this.#listeners) listener(this.#report);
    } catch (error) {
      this.#report = { ...this.#report, trouble: error instanceof MaestroError ? error.message : String(error) };
    }
  }

  /** Until nothing is under way, somebody asks, or it has waited long enough. */
  async #yield(): Promise<void> {
    const { coordinator } = this.#service;
    const hurry = new AbortController();
    const over = new Promise<void>((resolve) => hurry.signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#hurry = () => hurry.abort();
    const forget = this.#clock.after(YIELD_MS_MAX, () => hurry.abort());
    while (!hurry.signal.aborted && !this.#isAsked && !coordinator.isQuiet) await Promise.race([over, coordinator.stirred()]);
    forget();
  }

  #asks(): readonly RadarAsk[] {
    const { coordinator, heads } = this.#service;
    const tips = new Map(heads);
    for (const lane of coordinator.lanes.values()) if (lane.tip !== null) tips.set(lane.target, lane.tip);
    return asksFor(tips, coordinator.routing, coordinator.defaultBranch);
  }
}

/** Every branch the hierarchy routes to a target, marked or not. */
export function asksFor(heads: ReadonlyMap<RefName, Oid>, routing: Policy, defaultBranch: RefName): readonly RadarAsk[] {
  const asks = new Map<RefName, { readonly target: RefName; readonly tip: Oid; readonly branches: Map<RefName, Oid> }>();
  for (const [ref, oid] of heads) {
    const route = shortName(ref).startsWith(OWN) ? null : routeOf(routing, ref, defaultBranch, null);
    const tip = route?.kind === 'to' ? heads.get(route.target) : undefined;
    if (route?.kind !== 'to' || tip === undefined) continue;
    const ask = asks.get(route.target) ?? { target: route.target, tip, branches: new Map<RefName, Oid>() };
    asks.set(route.target, ask);
    ask.branches.set(ref, oid);
  }
  return [...asks.values()];
}
