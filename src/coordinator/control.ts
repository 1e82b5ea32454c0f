// The counter: what people may ask of a running coordinator. Commands become news of a lane; answers are read back from the ledger's fold.
import { parseAnswer } from '../consensus/answer.ts';
import type { Lesson } from '../consensus/lesson.ts';
import { MaestroError } from '../error.ts';
import { adviceFor } from '../merge/advice.ts';
import { parseBranch, printable, shortName, type RefName } from '../merge/branch.ts';
import { untrueFields } from '../merge/certificate.ts';
import type { Intent } from '../merge/event.ts';
import { questionMark } from '../merge/identity.ts';
import { emptyLane, fold, type Lane } from '../merge/lane.ts';
import type { Observation } from '../merge/observation.ts';
import { fitted, radarOf, type RadarReport } from '../merge/radar.ts';
import { mayBeRetried } from '../merge/reason.ts';
import { openTasks } from '../merge/refactor.ts';
import { isOpen, type MergeRequest, type OptionLetter, type RefactorTask, type RequestId } from '../merge/request.ts';
import { isTarget, promotionRouteOf } from '../merge/route.ts';
import type { Answering, Control, Explanation, RollbackPlan, Status } from '../port/control.ts';
import { rollOf } from '../queue/dependency.ts';
import type { Coordinator, Ports } from './coordinator.ts';
import { positions, recentlyClosed, suspectedBy, tell, waitsFor } from './explain.ts';
import { theOneNamed, type Found } from './name.ts';
import { pastLanding } from './past-landing.ts';
import { planRollback } from './rollback-plan.ts';
import type { RadarWatch } from './radar-watch.ts';
import { untilSaved } from './saved.ts';
import type { Service } from './service.ts';

/** Crosses the socket as one line. */
const LESSONS_TOLD_MAX = 2000;

export class CoordinatorControl implements Control {
  readonly #service: Service;
  readonly #coordinator: Coordinator;
  readonly #ports: Ports;
  readonly #remote: string;
  readonly #startedAtMs: number;
  readonly #radar: Pick<RadarWatch, 'report'> | null;

  constructor(service: Service, ports: Ports, remote: string, startedAtMs: number, radar: Pick<RadarWatch, 'report'> | null = null) {
    this.#service = service;
    this.#coordinator = service.coordinator;
    this.#ports = ports;
    this.#remote = remote;
    this.#startedAtMs = startedAtMs;
    this.#radar = radar;
  }

  async decide(id: string, answer: string, by: string, { question: seen, permission }: Answering = {}): Promise<MergeRequest> {
    const { request, lane } = await this.#find(id);
    if (request.phase.state !== 'escalated') throw refuse(request, 'is not waiting for an answer', `maestro explain ${request.id}`);
    const { question } = request.phase;
    const mark = questionMark(question);
    if (seen !== undefined && seen !== mark) throw askedAnew(request);
    const parsed = parseAnswer(answer, question.conflict.paths.length, question.options.map((option) => option.letter));
    if (parsed.kind === 'unclear') throw new MaestroError('usage', parsed.why, { next: `maestro decide ${request.id}` });
    if (await this.#hasMovedOn(request)) throw refuse(request, 'has moved on since it was asked about', 'maestro status');
    const after = await this.#command(lane, { kind: 'decide', id: request.id, question: mark, answer, by, ...(permission === undefined ? {} : { permission }) }, request);
    if (!isTaken(after, by, parsed.choices)) throw askedAnew(request);
    return after;
  }

  async cancel(id: string, by: string): Promise<MergeRequest> {
    const { request, lane } = await this.#find(id);
    if (!isOpen(request)) throw refuse(request, `is ${request.phase.state} already`, `maestro explain ${request.id}`);
    if (request.phase.state === 'landing') return this.#callBack(request, lane, by);
    return this.#command(lane, { kind: 'cancel', id: request.id, by }, request);
  }

  /** Those that went into the forge's queue with it are on their way still: until they are in, it is not written down. */
  async #callBack(request: MergeRequest, lane: Lane, by: string): Promise<MergeRequest> {
    if (!(await this.#ports.git.callBack(request.id, by))) throw refuse(request, 'is being pushed and can no longer be stopped', `maestro rollback ${request.id}`);
    if (lane.landing?.requests.length === 1) await this.#coordinator.turned(lane.target);
    return this.#coordinator.lanes.get(lane.target)?.requests.get(request.id) ?? request;
  }

  async retry(id: string, by: string): Promise<MergeRequest> {
    const { request, lane } = await this.#find(id);
    const { state } = request.phase;
    if (state !== 'rejected' && state !== 'cancelled' && state !== 'rolled-back') throw refuse(request, `is ${state}; there is nothing to retry`, `maestro explain ${request.id}`);
    if (request.phase.state === 'rejected' && !mayBeRetried(request.phase.reason)) throw refuse(request, 'asked for what cannot be done; it takes another push', `maestro explain ${request.id}`);
    const again = await this.#command(lane, { kind: 'retry', request, by }, request);
    // What was missing, a target perhaps, may be there by now.
    this.#service.hint(request.branch);
    return again;
  }

  async pause(target: string | null, by: string): ReturnType<Control['pause']> {
    const lanes = this.#lanesOf(target);
    const inFlight = lanes.flatMap((lane) => this.#coordinator.running(lane.target));
    await Promise.all(lanes.map((lane) => this.#settled(lane.target, { kind: 'pause', by, all: target === null })));
    return { lanes: lanes.map((lane) => shortName(lane.target)), inFlight };
  }

  async resume(target: string | null, by: string): ReturnType<Control['resume']> {
    const lanes = this.#lanesOf(target);
    await Promise.all(lanes.map((lane) => this.#settled(lane.target, { kind: 'resume', by, all: target === null })));
    this.#service.hint(null);
    return { lanes: lanes.map((lane) => shortName(lane.target)) };
  }

  tasks(): Promise<readonly RefactorTask[]> {
    return Promise.resolve([...this.#coordinator.lanes.values()].flatMap(openTasks));
  }

  lessons(): Promise<readonly Lesson[]> {
    return Promise.resolve(this.#coordinator.past.lessons.slice(-LESSONS_TOLD_MAX));
  }

  async radar(branch: string | null): Promise<RadarReport> {
    const report = await this.#radar?.report() ?? { lanes: [], trouble: 'this coordinator has no radar' };
    return fitted(branch === null ? report : radarOf(report, branch));
  }

  async forget(by: string): Promise<void> {
    await Promise.all([...this.#coordinator.lanes.keys()].map((target) => this.#settled(target, { kind: 'forget', by })));
  }

  async certificate(id: string): Promise<string> {
    const { request } = await this.#findLanded(id);
    const { phase } = request;
    if (phase.state !== 'landed' && phase.state !== 'rolled-back') throw refuse(request, `is ${phase.state}; only what landed has a certificate`, `maestro explain ${request.id}`);
    if (phase.candidate.queued !== undefined) throw refuse(request, 'was let in by the target\'s own merge queue, which pushes no certificate', `maestro explain ${request.id}`);
    const text = await this.#ports.git.certificate(request.id, phase.candidate.commit);
    const intent = await this.#intentOf(request.id);
    const untrue = intent === null ? [] : untrueFields(text, request, intent);
    if (untrue.length > 0) throw new MaestroError('certificate-unsound', `the certificate of ${request.id} on the remote differs from the ledger in: ${printable(untrue.join(', '))}`, { next: `git ls-remote origin refs/maestro/merge/${request.id}` });
    return text;
  }

  /** Null where it landed before the ledger was lost. */
  async #intentOf(id: RequestId): Promise<Intent | null> {
    const history = await this.#ports.store.history(id);
    return (history?.events ?? []).flatMap((event) => event.kind === 'intended' && event.intent.requests.includes(id) ? [event.intent] : []).at(-1) ?? null;
  }

  status(): Promise<Status> {
    const roll = rollOf([...this.#coordinator.lanes.values()]);
    return Promise.resolve({
      running: true,
      remote: this.#remote,
      marker: this.#coordinator.routing.marker,
      trouble: this.#service.trouble(),
      ignored: this.#service.ignored,
      startedAtMs: this.#startedAtMs,
      lanes: [...this.#coordinator.lanes.values()].map((lane) => ({
        target: shortName(lane.target),
        tip: lane.tip,
        pausedBy: lane.pausedBy,
        alarm: lane.alarm,
        landing: lane.landing,
        open: positions(lane, this.#coordinator.viewNow(lane)).map((request, position) => ({ request, position, waitsFor: waitsFor(request, lane, roll) })),
        closed: recentlyClosed(lane),
      })),
    });
  }

  async explain(id: string): Promise<Explanation> {
    const { request, lane } = await this.#find(id);
    const history = await this.#ports.store.history(request.id);
    const place = positions(lane, this.#coordinator.viewNow(lane)).findIndex((one) => one.id === request.id);
    return {
      request,
      position: place === -1 ? null : place,
      waitsFor: waitsFor(request, lane, rollOf([...this.#coordinator.lanes.values()])),
      advice: adviceFor(request),
      suspectedBy: suspectedBy(request, lane),
      story: (history?.events ?? []).map((event) => ({ atMs: event.atMs, text: tell(event, request.id) })),
    };
  }

  async rollback(id: string, by: string, dryRun: boolean): Promise<RollbackPlan> {
    const { request, lane } = await this.#findLanded(id);
    // A branch's name means its latest request by now. Said twice it is done once.
    const underway = rollbackUnderWay(request, lane);
    if (underway !== null) return { request: underway, clean: true, conflictPaths: [], dependents: [] };
    if (request.phase.state !== 'landed') throw refuse(request, `is ${request.phase.state}; only what landed can be rolled back`, `maestro explain ${request.id}`);
    if (request.kind.kind === 'rollback') throw refuse(request, 'is a rollback itself; to bring its work back, land that again', `maestro retry ${request.kind.of}`);
    const before = await planRollback(request, lane, this.#coordinator.viewNow(lane), this.#ports.git);
    if (dryRun) return before;
    if (!before.clean) throw notClean(request, before);
    await this.#settled(lane.target, { kind: 'rollback', landed: request, by });
    const mine = [...(this.#coordinator.lanes.get(lane.target)?.requests.values() ?? [])].find((one) => one.kind.kind === 'rollback' && one.kind.of === request.id);
    return { ...before, request: mine ?? null };
  }

  async promote(branch: string, by: string): Promise<MergeRequest> {
    const parsed = parseBranch(branch);
    if (!parsed.ok) throw new MaestroError('usage', `"${branch}" is no branch: ${parsed.why}`, { next: 'maestro status' });
    if (!isTarget(this.#coordinator.routing, parsed.ref, this.#coordinator.defaultBranch)) throw new MaestroError('not-allowed', `${branch} is no target; only a target is promoted`, { next: 'push a commit with READY_TO_MERGE' });
    const route = promotionRouteOf(this.#coordinator.routing, parsed.ref);
    if (route === null) throw new MaestroError('not-allowed', `no route leads on from ${branch}`, { next: 'add one under hierarchy: in .github/maestro.yml' });
    const tip = (await this.#ports.git.fetch([parsed.ref])).get(parsed.ref) ?? null;
    if (tip === null) throw new MaestroError('unknown-request', `the remote has no branch ${branch}`, { next: 'maestro status' });
    await this.#settled(route.target, { kind: 'promote', branch: parsed.ref, tip, title: `Promote ${branch}`, author: by });
    const mine = [...(this.#coordinator.lanes.get(route.target)?.requests.values() ?? [])].findLast((one) => one.kind.kind === 'promotion' && one.branch === parsed.ref && one.tip === tip);
    if (mine === undefined) throw new MaestroError('internal', 'the promotion was not recorded');
    return mine;
  }

  /** Whether the remote has another tip by now. While it does not answer the answer counts: nothing lands before it does. */
  async #hasMovedOn({ kind, branch, tip }: MergeRequest): Promise<boolean> {
    if (kind.kind !== 'branch') return false;
    try {
      if ((await this.#ports.git.fetch([branch])).get(branch) === tip) return false;
    } catch (error) {
      if (error instanceof MaestroError && error.retryable) return false;
      throw error;
    }
    this.#service.hint(branch);
    return true;
  }

  /** Hands the command to the lane's next turn and waits until that turn is durable, as far as it can be beyond the ledger. */
  async #settled(target: RefName, seen: Observation): Promise<void> {
    this.#coordinator.deliver(target, seen);
    await untilSaved(this.#coordinator, target, this.#ports.clock);
    await this.#service.kept();
  }

  async #command(lane: Lane, seen: Observation, request: MergeRequest): Promise<MergeRequest> {
    await this.#settled(lane.target, seen);
    return this.#coordinator.lanes.get(lane.target)?.requests.get(request.id) ?? request;
  }

  /** Also what landed before the ledger was lost: then it is not known, or only as what the target holds already. */
  async #findLanded(id: string): Promise<Found> {
    const known = await this.#lookUp(id);
    const { phase } = known?.request ?? {};
    if (known !== null && !(phase?.state === 'rejected' && phase.reason.code === 'already-contained')) return known;
    return await pastLanding(known?.request.id ?? id, this.#coordinator.lanes, this.#ports.git) ?? known ?? unknown(id);
  }

  async #find(id: string): Promise<Found> {
    return await this.#lookUp(id) ?? unknown(id);
  }

  /** By id, by the beginning of an id, or by branch name (its latest request, open ones first). */
  async #lookUp(id: string): Promise<Found | null> {
    const found = theOneNamed(id, this.#coordinator.lanes.values());
    if (found !== null) return found;
    const history = await this.#ports.store.history(id);
    const request = history === null ? undefined : fold(emptyLane(history.target), history.events).requests.get(id as MergeRequest['id']);
    const lane = history === null ? undefined : this.#coordinator.lanes.get(history.target);
    return request === undefined || lane === undefined ? null : { request, lane };
  }

  #lanesOf(target: string | null): readonly Lane[] {
    if (target === null) return [...this.#coordinator.lanes.values()];
    const parsed = parseBranch(target);
    const lane = parsed.ok ? this.#coordinator.lanes.get(parsed.ref) : undefined;
    if (lane !== undefined) return [lane];
    // It may be paused before the first branch comes.
    if (parsed.ok && isTarget(this.#coordinator.routing, parsed.ref, this.#coordinator.defaultBranch)) return [emptyLane(parsed.ref)];
    throw new MaestroError('usage', `"${target}" is no target`, { next: 'maestro status' });
  }
}

function unknown(id: string): never {
  throw new MaestroError('unknown-request', `nothing is known of "${id}"`, { next: 'maestro status' });
}

function refuse(request: MergeRequest, why: string, next: string): MaestroError {
  return new MaestroError('not-allowed', `${request.id} (${shortName(request.branch)}) ${why}`, { next });
}

function askedAnew(request: MergeRequest): MaestroError {
  return refuse(request, 'was answered, or its question has changed, in the meantime', `maestro decide ${request.id}`);
}

/** What was answered may be on its way by now, or there already; merged without a conflict after all, it needs no answer. */
function isTaken({ phase, resolution }: MergeRequest, by: string, choices: readonly OptionLetter[]): boolean {
  if (resolution?.how === 'person') return resolution.by === by && resolution.choices.join('') === choices.join('');
  return phase.state === 'gating' || phase.state === 'landing' || phase.state === 'landed';
}

function rollbackUnderWay(request: MergeRequest, lane: Lane): MergeRequest | null {
  return [...lane.requests.values()].find((one) => one.kind.kind === 'rollback' && isOpen(one) && (one.id === request.id || one.kind.of === request.id)) ?? null;
}

function notClean(request: MergeRequest, { conflictPaths, dependents }: RollbackPlan): MaestroError {
  const [newest] = dependents;
  const leaning = newest === undefined ? '' : `; later merges lean on it: ${dependents.map((one) => `${one.id} (${one.branch}, ${one.why})`).join(', ')}`;
  return refuse(request, `cannot be rolled back cleanly: later work changed ${conflictPaths.join(', ')}${leaning}`, newest === undefined ? 'revert by hand' : `maestro rollback ${newest.id}`);
}
