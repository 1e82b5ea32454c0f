// One conflicting region as lines, and what stands around it.

export type HunkLines = { readonly ours: readonly string[]; readonly base: readonly string[]; readonly theirs: readonly string[] };
/** The agreed lines right before and right after the region. */
export type Surroundings = { readonly before: readonly string[]; readonly after: readonly string[] };
