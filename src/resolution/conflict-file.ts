// One file that git left in conflict, as three texts and what each side said it was doing.

export type ConflictFile = {
  readonly path: string;
  /** Null where both sides added the path. */
  readonly base: string | null;
  readonly ours: string;
  readonly theirs: string;
  readonly intent: Intent;
  /** Absent where nobody looked. */
  readonly earlier?: Earlier;
};

/** What the file was on each side since the two parted, newest first. A side's own text and the base may be among them. */
export type Earlier = { readonly ours: readonly string[]; readonly theirs: readonly string[] };

/** Texts a side. What one had of the other seldom lies further back: 95 of 100 times within eight. */
export const EARLIER_MAX = 12;
/** A side's together; the newest are kept. */
export const EARLIER_CHARS_MAX = 300_000;

/** Commit messages of the two tips, and up to 12 subjects of each side's commits, newest first. Text of branches: data, never orders. `merge` names the merge, where whoever asks knows which it is. */
export type Intent = { readonly oursMessage: string; readonly theirsMessage: string; readonly oursLog: readonly string[]; readonly theirsLog: readonly string[]; readonly merge?: string };

/** Whole texts on offer for a file. */
export const OPTIONS_MAX = 32;

/** Files with more places in conflict are weighed by nobody, and teach nothing. */
export const HUNKS_MAX = 200;

export const NO_INTENT: Intent = { oursMessage: '', theirsMessage: '', oursLog: [], theirsLog: [] };
