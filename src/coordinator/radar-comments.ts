// Tells both sides of a collision on their pull requests while they still work: one comment each, edited, and never more than one. Steers nothing.
import { MaestroError } from '../error.ts';
import { parseBranch, type RefName } from '../merge/branch.ts';
import { radarText, warningFor, type Warning } from '../merge/radar-text.ts';
import type { RadarBranch, RadarLane, RadarReport } from '../merge/radar.ts';
import type { CommentId, Forge, Shown } from '../port/forge.ts';
import type { Coordinator } from './coordinator.ts';
import { begun, digestOf } from './memo.ts';
import type { RadarWatch } from './radar-watch.ts';

/** `said`: what about; the lines may have moved since. */
type Told = { readonly pull: number | null; readonly comment: Shown<CommentId>; readonly said: string };

const NOTHING: Told = { pull: null, comment: { kind: 'never' }, said: digestOf([]) };

export class RadarComments {
  readonly #coordinator: Pick<Coordinator, 'notes'>;
  readonly #watch: Pick<RadarWatch, 'listen' | 'start'>;
  readonly #forge: Pick<Forge, 'pullOf' | 'say'>;
  readonly #onTrouble: (error: MaestroError) => void;
  readonly #told = new Map<string, Told>();
  /** What was looked up already for a branch without an open pull request. */
  readonly #vain = new Map<string, string>();
  #latest: RadarReport | null = null;
  #working: Promise<void> | null = null;
  #isClosed = false;
  #stop = (): void => undefined;

  constructor(coordinator: Pick<Coordinator, 'notes'>, watch: Pick<RadarWatch, 'listen' | 'start'>, forge: Pick<Forge, 'pullOf' | 'say'>, onTrouble: (error: MaestroError) => void) {
    this.#coordinator = coordinator;
    this.#watch = watch;
    this.#forge = forge;
    this.#onTrouble = onTrouble;
  }

  start(): void {
    this.#stop = this.#watch.listen((report) => this.#see(report));
    this.#watch.start();
  }

  /** Its pull request was opened, or changed otherwise. */
  pullMoved(branch: string): void {
    for (const key of this.#vain.keys()) if (key.endsWith(` ${branch}`)) this.#vain.delete(key);
    if (this.#latest !== null) this.#see(this.#latest);
  }

  async settled(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop();
    await this.settled();
  }

  #see(report: RadarReport): void {
    const isIdle = this.#working === null;
    this.#latest = report;
    if (isIdle) this.#working = this.#work(report).finally(() => {
      this.#working = null;
      if (this.#latest !== null && this.#latest !== report && !this.#isClosed) this.#see(this.#latest);
    });
  }

  async #work({ lanes }: RadarReport): Promise<void> {
    for (const lane of lanes) for (const branch of lane.branches) {
      if (this.#isClosed) return;
      try {
        await this.#tell(lane, branch);
      } catch (error) {
        // The next report tries again.
        this.#onTrouble(error instanceof MaestroError ? error : new MaestroError('internal', 'a collision could not be shown', { cause: error }));
        return;
      }
    }
  }

  async #tell(lane: RadarLane, { branch, tip }: RadarBranch): Promise<void> {
    const [ref, target] = [parseBranch(branch), parseBranch(lane.target)];
    if (!ref.ok || !target.ok) return;
    const key = `radar:${target.ref} ${ref.ref}`;
    const told = this.#told.get(key) ?? await this.#recall(key);
    this.#told.set(key, told);
    const warning = warningFor(lane, branch);
    const said = digestOf(warning.rivals.map(({ rival, files }) => [rival, files.map(({ path }) => path)]));
    if (said === told.said || this.#vain.get(key) === `${tip} ${said}`) return;
    const pull = await this.#forge.pullOf(ref.ref, target.ref);
    if (pull === null || !pull.open) return void this.#vain.set(key, `${tip} ${said}`);
    await this.#say(key, pull.number, target.ref, warning, said, pull.number === told.pull ? told.comment : { kind: 'never' });
  }

  async #say(key: string, pull: number, target: RefName, warning: Warning, said: string, before: Shown<CommentId>): Promise<void> {
    const keep = async (told: Told): Promise<void> => {
      this.#told.set(key, told);
      await this.#coordinator.notes.remember(key, JSON.stringify(told));
    };
    // A pull request that never heard of a collision need not hear of its end.
    if (warning.rivals.length === 0 && before.kind === 'never') return keep({ pull, comment: before, said });
    if (before.kind === 'never') await keep({ pull, comment: begun(before), said: NOTHING.said });
    const { id } = await this.#forge.say(pull, 'radar', radarText(target, warning), before);
    await keep({ pull, comment: { kind: 'as', id }, said });
  }

  async #recall(key: string): Promise<Told> {
    const note = await this.#coordinator.notes.recall(key);
    // Written by us and nobody else.
    return note === null ? NOTHING : JSON.parse(note) as Told;
  }
}
