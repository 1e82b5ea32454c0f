// Shows on the forge how each request stands: its check run, the question on its pull request, the losing side's task. Level by level:
// what should be seen now is compared with what was shown last, so losing, doubling and crashing change nothing. Never steers a landing.
import { MaestroError } from '../error.ts';
import type { RefName } from '../merge/branch.ts';
import { faceOf } from '../merge/face.ts';
import type { Lane } from '../merge/lane.ts';
import { isOpen, type MergeRequest, type RequestId, type State } from '../merge/request.ts';
import { rollOf, type Roll } from '../queue/dependency.ts';
import type { Coordinator } from './coordinator.ts';
import { Desk, REMIND_MS, type PresencePorts } from './desk.ts';
import { positions, waitsFor } from './explain.ts';
import { begun, digestOf, recallMemo, rememberMemo, type Memo } from './memo.ts';

/** A queue of hundreds moves with every landing: a mere change of place is shown no more often than this. */
const PLACE_MS = 20_000;
/** What a request passes through faster than this on its way is not shown: the first sight, a question and the end are at once. */
const SETTLE_MS = 3000;
const RETRY_MS = 15_000;
const MEMOS_MAX = 2000;
/** Of one lane in one look: what the forge refuses of one request is no reason to leave out the others, but it may refuse them all. */
const REFUSALS_MAX = 3;
/** Looks at an open question in the time to its first reminder. */
const REMIND_LOOKS = 24;

/** What the forge will not do, or null; throws whatever else kept it from being shown. */
async function refusalOf(work: Promise<unknown>): Promise<MaestroError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof MaestroError && error.code === 'forge-refused' && !error.retryable) return error;
    throw error;
  }
}

type Order = { readonly lane: Lane; readonly open: readonly MergeRequest[]; readonly roll: Roll };

export class Presence {
  readonly #coordinator: Coordinator;
  readonly #ports: PresencePorts;
  readonly #onTrouble: (error: MaestroError) => void;
  readonly #desk: Desk;
  readonly #dirty = new Set<RefName>();
  readonly #memos = new Map<RequestId, Memo>();
  readonly #shownAtMs = new Map<RequestId, number>();
  readonly #since = new Map<RequestId, { readonly state: State; readonly atMs: number }>();
  /** At most one look a lane is waiting. */
  readonly #looks = new Map<RefName, { readonly atMs: number; readonly forget: () => void }>();
  #stopListening = (): void => undefined;
  #order: Order | null = null;
  #working: Promise<void> | null = null;
  #closed = false;
  /** What was shown before this start is asked for when somebody answers to it. */
  #recalled: Promise<void> | null = null;

  constructor(coordinator: Coordinator, ports: PresencePorts, onTrouble: (error: MaestroError) => void) {
    this.#coordinator = coordinator;
    this.#ports = ports;
    this.#onTrouble = onTrouble;
    this.#desk = new Desk(coordinator, ports);
  }

  /** Shows everything that changes from now on, and what changed while nobody showed it. */
  start(): void {
    this.#stopListening = this.#coordinator.listen((target) => this.#see(target));
    for (const target of this.#coordinator.lanes.keys()) this.#see(target);
  }

  /** Resolves when all that can be shown is shown. */
  async settled(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  /** The request that is asked about on this pull request, else the latest that was, be it shown by who was here before. */
  async requestOn(pull: number): Promise<RequestId | null> {
    await (this.#recalled ??= this.#recallAll().catch((error: unknown) => {
      this.#recalled = null;
      throw error;
    }));
    const here = [...this.#memos].flatMap(([id, memo]) => memo.pull === pull ? [id] : []);
    return here.find((id) => this.#isAsked(id)) ?? here.at(-1) ?? null;
  }

  #isAsked(id: RequestId): boolean {
    return [...this.#coordinator.lanes.values()].some((lane) => lane.requests.get(id)?.phase.state === 'escalated');
  }

  /** What is shown of a request. */
  async shownOf(id: RequestId): Promise<Memo> {
    return this.#memos.get(id) ?? recallMemo(this.#coordinator.notes, id);
  }

  async #recallAll(): Promise<void> {
    const ids = [...this.#coordinator.lanes.keys()].flatMap((target) => this.#inOrder(target));
    await Promise.all(ids.map(async (id) => {
      const memo = await recallMemo(this.#coordinator.notes, id);
      if (!this.#memos.has(id)) this.#memos.set(id, memo);
    }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    for (const { forget } of this.#looks.values()) forget();
    await this.#working;
  }

  #see(target: RefName): void {
    this.#dirty.add(target);
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
      if (this.#dirty.size > 0 && !this.#closed) this.#see([...this.#dirty][0] ?? target);
    });
  }

  async #work(): Promise<void> {
    for (;;) {
      const [target] = this.#dirty;
      if (target === undefined || this.#closed) return;
      this.#dirty.delete(target);
      try {
        await this.#showLane(target);
      } catch (error) {
        if (this.#closed) return;
        this.#onTrouble(error instanceof MaestroError ? error : new MaestroError('internal', 'something could not be shown', { cause: error }));
        this.#later(target, RETRY_MS);
        return;
      }
    }
  }

  #later(target: RefName, delayMs: number): void {
    const { clock } = this.#ports;
    const atMs = clock.nowMs() + delayMs;
    const known = this.#looks.get(target);
    if (known !== undefined && known.atMs <= atMs) return;
    known?.forget();
    const forget = clock.after(delayMs, () => {
      this.#looks.delete(target);
      this.#see(target);
    });
    this.#looks.set(target, { atMs, forget });
  }

  async #showLane(target: RefName): Promise<void> {
    // Other lanes may have moved since the last look.
    this.#order = null;
    const refusals: MaestroError[] = [];
    for (const id of this.#inOrder(target)) {
      // The lane moves on meanwhile: each is shown as it is by then.
      const lane = this.#coordinator.lanes.get(target);
      const request = lane?.requests.get(id);
      if (lane === undefined || request === undefined || this.#closed) continue;
      const refused = await refusalOf(this.#show(request, lane));
      if (refused !== null && refusals.push(refused) > REFUSALS_MAX) break;
    }
    this.#forgetOld();
    const [first] = refusals;
    if (first !== undefined) throw first;
  }

  /** What no lane remembers any more is not shown again. */
  #forgetOld(): void {
    if (this.#memos.size <= MEMOS_MAX) return;
    const kept = new Set([...this.#coordinator.lanes.values()].flatMap((lane) => [...lane.requests.keys()]));
    for (const map of [this.#memos, this.#shownAtMs, this.#since]) for (const id of map.keys()) if (!kept.has(id)) map.delete(id);
  }

  /** Questions first: people wait for them. */
  #inOrder(target: RefName): readonly RequestId[] {
    const all = [...(this.#coordinator.lanes.get(target)?.requests.values() ?? [])].filter((one) => one.kind.kind === 'branch' || one.kind.kind === 'promotion');
    const asked = all.filter((one) => one.phase.state === 'escalated');
    return [...asked, ...all.filter((one) => one.phase.state !== 'escalated')].map((one) => one.id);
  }

  async #show(request: MergeRequest, lane: Lane): Promise<void> {
    const known = this.#memos.get(request.id) ?? await recallMemo(this.#coordinator.notes, request.id);
    this.#memos.set(request.id, known);
    const unsettledMs = known.face === null ? 0 : this.#unsettledMs(request);
    if (unsettledMs > 0) return this.#later(lane.target, unsettledMs);
    const keep = async (memo: Memo): Promise<Memo> => {
      this.#memos.set(request.id, memo);
      await rememberMemo(this.#coordinator.notes, request.id, memo);
      return memo;
    };
    const refused = await refusalOf(this.#desk.attend(request, lane, known, keep));
    // Its check run says how it stands all the same, and has buttons to answer.
    await this.#showFace(request, lane, this.#memos.get(request.id) ?? known, keep);
    if (refused !== null) throw refused;
    // Nothing happens to a question that nobody answers: it is looked at by the clock.
    if (request.phase.state === 'escalated') this.#later(lane.target, REMIND_MS / REMIND_LOOKS);
  }

  /** Made once for all requests of a lane as it stands: a long queue would be sorted once for each of them. */
  #orderOf(lane: Lane): Order {
    if (this.#order?.lane !== lane) this.#order = { lane, open: positions(lane, this.#coordinator.viewNow(lane)), roll: rollOf([...this.#coordinator.lanes.values()]) };
    return this.#order;
  }

  #unsettledMs(request: MergeRequest): number {
    const { id, phase } = request;
    if (phase.state === 'escalated' || !isOpen(request)) return 0;
    const nowMs = this.#ports.clock.nowMs();
    const since = this.#since.get(id);
    if (since?.state !== phase.state) this.#since.set(id, { state: phase.state, atMs: nowMs });
    return since?.state === phase.state ? since.atMs + SETTLE_MS - nowMs : SETTLE_MS;
  }

  async #showFace(request: MergeRequest, lane: Lane, memo: Memo, keep: (memo: Memo) => Promise<Memo>): Promise<void> {
    const { forge, clock } = this.#ports;
    const { open, roll } = this.#orderOf(lane);
    const place = open.findIndex((one) => one.id === request.id);
    const questionUrl = memo.pull !== null && memo.comment.kind === 'as' ? forge.commentUrl(memo.pull, memo.comment.id) : null;
    const face = faceOf(request, { position: place === -1 ? null : place, openCount: open.length, waitsFor: waitsFor(request, lane, roll), lane, questionUrl });
    const stand = digestOf([request.phase.state, lane.alarm?.kind ?? null, lane.pausedBy]);
    const digest = `${stand} ${digestOf(face)}`;
    if (memo.face === digest) return;
    const isMereMove = memo.face?.split(' ')[0] === stand;
    const waitMs = (this.#shownAtMs.get(request.id) ?? Number.NEGATIVE_INFINITY) + PLACE_MS - clock.nowMs();
    if (isMereMove && waitMs > 0) return this.#later(lane.target, waitMs);
    if (memo.check.kind === 'never') await keep({ ...memo, check: begun(memo.check) });
    const id = await forge.showCheck(face, memo.check);
    this.#shownAtMs.set(request.id, clock.nowMs());
    await keep({ ...memo, check: { kind: 'as', id }, face: digest });
  }
}
