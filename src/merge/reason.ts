// Why a merge request ended without landing: a closed list, each with cause, evidence, next action and whose turn it is.
import { refusalOf } from './refusal.ts';

const AMID_SHOWN = 3;
const UNITS = [{ name: 'GB', bytes: 1024 ** 3 }, { name: 'MB', bytes: 1024 ** 2 }, { name: 'KB', bytes: 1024 }];

export type Reason =
  | { readonly code: 'gate-failed'; readonly tail: string; readonly log: string | null; readonly exitCode: number | null; readonly suspects: readonly Suspect[]; readonly amid?: readonly string[] }   // amid: the branches it stood on that had passed, latest first; absent where none is known
  | { readonly code: 'gate-timeout'; readonly tail: string; readonly log: string | null; readonly afterMs: number }
  | { readonly code: 'gate-capped'; readonly tail: string; readonly log: string | null; readonly cap: 'output' | 'disk'; readonly bytesMax: number }
  | { readonly code: 'already-contained'; readonly target: string }
  | { readonly code: 'branch-deleted' }
  | { readonly code: 'target-missing'; readonly target: string }
  | { readonly code: 'dependency-missing'; readonly dependency: string }
  | { readonly code: 'dependency-cycle'; readonly cycle: readonly string[] }
  | { readonly code: 'dependency-rejected'; readonly dependency: string; readonly why: string }
  | { readonly code: 'unrelated-histories' }
  | { readonly code: 'target-unusable'; readonly detail: string }
  | { readonly code: 'unsafe-content'; readonly detail: string }
  | { readonly code: 'malformed-signal'; readonly problems: readonly string[] }
  | { readonly code: 'no-route'; readonly detail: string }
  | { readonly code: 'refused-by-remote'; readonly detail: string }
  | { readonly code: 'queue-refused'; readonly detail: string }
  | { readonly code: 'rollback-conflict'; readonly paths: readonly string[] }
  | { readonly code: 'verification-failed'; readonly detail: string }
  | { readonly code: 'gave-up'; readonly detail: string };

/** An earlier merge this one may fail only together with, most likely first, and what points at it. */
export type Suspect = { readonly request: string; readonly branch: string; readonly why: string };

export type Advice = {
  /** One sentence. */
  readonly cause: string;
  /** What to do next; starts with a verb. */
  readonly next: string;
  readonly turn: 'author' | 'owner' | 'operator' | 'nobody';
};

/** Whether asking again may help. What a push asked for in its own words stays impossible: it takes another push. */
export function mayBeRetried(reason: Reason): boolean {
  return reason.code !== 'no-route' && reason.code !== 'malformed-signal';
}

export function adviceOn(reason: Reason): Advice {
  switch (reason.code) {
    case 'gate-failed':
      return { cause: `The gate failed on the merge of this branch${companyOf(reason.suspects, reason.amid ?? [])}.`, next: 'Fix the branch, then push a new marked commit.', turn: 'author' };
    case 'gate-timeout':
      return { cause: `The gate did not end within ${Math.round(reason.afterMs / 1000)} s.`, next: 'Fix the branch, or raise the gate\'s timeout in .github/maestro.yml on the target.', turn: 'author' };
    case 'gate-capped':
      return { cause: `The gate was stopped: it ${reason.cap === 'output' ? 'wrote more output' : 'filled more disk'} than the ${sizeWords(reason.bytesMax)} it may.`, next: `Fix the branch, or raise the gate's \`${reason.cap}:\` in .github/maestro.yml on the target.`, turn: 'author' };
    case 'already-contained':
      return { cause: `${reason.target} already contains this commit.`, next: 'Nothing to do.', turn: 'nobody' };
    case 'branch-deleted':
      return { cause: 'The branch was deleted before it landed.', next: 'Push it again if it was meant to land.', turn: 'author' };
    case 'target-missing':
      return { cause: `The target ${reason.target} does not exist on the remote; Maestro never creates one.`, next: `Create ${reason.target}, then push a new marked commit.`, turn: 'owner' };
    case 'dependency-missing':
      return { cause: `Nobody pushed the dependency ${reason.dependency} in time.`, next: 'Push the dependency, then push a new marked commit here.', turn: 'author' };
    case 'dependency-cycle':
      return { cause: `These branches wait for each other: ${reason.cycle.join(' -> ')}.`, next: 'Remove one Depends-On and push again.', turn: 'author' };
    case 'dependency-rejected':
      return { cause: `The dependency ${reason.dependency} did not land: ${reason.why.replace(/\.$/, '')}.`, next: 'Land the dependency first, then push a new marked commit here.', turn: 'author' };
    case 'unrelated-histories':
      return { cause: 'The branch shares no commit with its target.', next: 'Rebase the branch on the target and push again.', turn: 'author' };
    case 'target-unusable':
      return { cause: `Nothing can be merged into the target: ${reason.detail}.`, next: 'Mend that on the target, then `maestro retry`.', turn: 'owner' };
    case 'unsafe-content':
      return { cause: `The branch carries content that is refused: ${reason.detail}.`, next: 'Remove it and push again.', turn: 'author' };
    case 'malformed-signal':
      return { cause: `The commit is marked ready, but what it asks for is unclear: ${reason.problems.join('; ')}.`, next: 'Amend the commit message and push again.', turn: 'author' };
    case 'no-route':
      return { cause: reason.detail, next: 'Name an allowed Target:, or add a route to .github/maestro.yml.', turn: 'author' };
    case 'refused-by-remote':
      return { cause: `The remote refused the landing: ${reason.detail}.`, next: refusalOf(reason.detail).next, turn: 'owner' };
    case 'queue-refused':
      return { cause: `The target's own merge queue did not let it in: ${reason.detail}.`, next: 'Fix the branch and push a new marked commit, or `maestro retry` if it was no fault of the branch.', turn: 'author' };
    case 'rollback-conflict':
      return { cause: `Later work changed the same lines: ${reason.paths.join(', ')}.`, next: 'Roll back the later merges first, or revert by hand.', turn: 'operator' };
    case 'verification-failed':
      return { cause: `Two computations of the same merge disagree: ${reason.detail}.`, next: 'Run `maestro doctor`, then `maestro retry`.', turn: 'operator' };
    case 'gave-up':
      return { cause: `Maestro cannot go on with this branch: ${reason.detail}.`, next: 'Run `maestro doctor`, then `maestro retry`.', turn: 'operator' };
  }
}

/** A suspicion is said as one; without any, what it stood on is only told. */
function companyOf(suspects: readonly Suspect[], amid: readonly string[]): string {
  if (suspects.length > 0) return `; it may fail only together with ${suspects.map((one) => `${one.branch} (${one.why})`).join(', ')}`;
  if (amid.length === 0) return '';
  const more = amid.length > AMID_SHOWN ? ' and more' : '';
  return `; it was red on top of ${amid.length} ${amid.length === 1 ? 'branch' : 'branches'} that had passed: ${amid.slice(0, AMID_SHOWN).join(', ')}${more}`;
}

/** In the units the config is written in. */
function sizeWords(bytes: number): string {
  const unit = UNITS.find((one) => bytes >= one.bytes);
  return unit === undefined ? `${bytes} bytes` : `${Math.round(bytes / unit.bytes)}${unit.name}`;
}
