// The names of all ways to make a candidate. Their order is the order of the learned model's columns: append, never reorder.

export const RULES = [
  'ours', 'theirs', 'base', 'empty', 'ours+theirs', 'theirs+ours', 'weave', 'weave-reversed', 'weave-once', 'weave-once-reversed',
  'union', 'union-reversed', 'ours+new', 'theirs+new', 'token', 'token-ours', 'token-theirs', 'token-both', 'token-both-reversed', 'token-version',
  'sorted-union', 'version-high', 'version-low', 'bridge', 'bridge-reversed', 'comma', 'comma-reversed', 'pick-line', 'pick-few',
  'reworded-ours', 'aligned', 'aligned-ours', 'aligned-theirs', 'reworded-theirs', 'weave-keep', 'atom',
  'token-version-ours', 'token-version-theirs', 'token-number', 'token-comma', 'token-comma-reversed', 'keyed', 'keyed-reversed', 'keyed-ours', 'keyed-theirs', 'replayed',
  'token-touching', 'taught-ours', 'taught-theirs', 'sorted-any', 'parted',
] as const;

export type Rule = (typeof RULES)[number];
