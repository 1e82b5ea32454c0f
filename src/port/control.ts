// The one counter that the CLI, the dashboard and comments speak to. Plain data in, plain data out: it crosses a socket.
import type { Lesson } from '../consensus/lesson.ts';
import type { Intent, Alarm } from '../merge/event.ts';
import type { RadarReport } from '../merge/radar.ts';
import type { Advice } from '../merge/reason.ts';
import type { MergeRequest, RefactorTask } from '../merge/request.ts';

export type LaneStatus = {
  readonly target: string;
  readonly tip: string | null;
  readonly pausedBy: string | null;
  readonly alarm: Alarm | null;
  readonly landing: Intent | null;
  /** In the order they would land. */
  readonly open: readonly { readonly request: MergeRequest; readonly position: number; readonly waitsFor: string }[];
  readonly closed: readonly MergeRequest[];
};

/** A branch that is not looked at because its name is refused. `name` as the remote spells it: escape before showing. */
export type Ignored = { readonly name: string; readonly why: string };

export type Status = {
  readonly running: boolean;
  readonly remote: string;
  /** The word that says a branch is ready; null where no config is known. */
  readonly marker: string | null;
  /** Trouble that concerns everything, e.g. an unreachable remote. */
  readonly trouble: string | null;
  readonly lanes: readonly LaneStatus[];
  readonly ignored: readonly Ignored[];
  readonly startedAtMs: number;
};

export type Explanation = {
  readonly request: MergeRequest;
  readonly position: number | null;
  readonly waitsFor: string;
  readonly advice: Advice | null;
  /** Branches whose gate failed and that may fail only together with this one. */
  readonly suspectedBy: readonly string[];
  /** One line each, oldest first. */
  readonly story: readonly { readonly atMs: number; readonly text: string }[];
};

/** `question`: the mark of the question that was seen; without one the answer is for what is asked when it comes in. `permission`: what the forge said of that person just now. */
export type Answering = { readonly question?: string; readonly permission?: string };

export type Control = {
  status(): Promise<Status>;
  /** `id` may be a prefix of a request id or a branch name (its latest request). */
  explain(id: string): Promise<Explanation>;
  /** Throws `not-allowed` where the answer was not taken: nothing, or something else, is asked by then. */
  decide(id: string, answer: string, by: string, more?: Answering): Promise<MergeRequest>;
  cancel(id: string, by: string): Promise<MergeRequest>;
  retry(id: string, by: string): Promise<MergeRequest>;
  /** `target` null: every lane. Resolves once the ledger has it; `inFlight` names the one effect that may still finish. */
  pause(target: string | null, by: string): Promise<{ readonly lanes: readonly string[]; readonly inFlight: readonly string[] }>;
  resume(target: string | null, by: string): Promise<{ readonly lanes: readonly string[] }>;
  rollback(id: string, by: string, dryRun: boolean): Promise<RollbackPlan>;
  promote(branch: string, by: string): Promise<MergeRequest>;
  tasks(): Promise<readonly RefactorTask[]>;
  /** As JSON. Throws `certificate-unsound` when what the remote has is not borne out by its merge, or not what the ledger says. */
  certificate(id: string): Promise<string>;
  /** What counts of what conflicts taught, oldest first. */
  lessons(): Promise<readonly Lesson[]>;
  /** Who collides with whom among the live branches; of one branch, where it is named. */
  radar(branch: string | null): Promise<RadarReport>;
  /** Every lane starts counting lessons anew. */
  forget(by: string): Promise<void>;
};

export type RollbackPlan = {
  /** The rollback's own merge request; null on a dry run. */
  readonly request: MergeRequest | null;
  readonly clean: boolean;
  readonly conflictPaths: readonly string[];
  /** Later landings that touch the same paths or declared a dependency, newest first. */
  readonly dependents: readonly { readonly id: string; readonly branch: string; readonly why: string }[];
};
