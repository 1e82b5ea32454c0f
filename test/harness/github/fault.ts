// What goes wrong, planned ahead and taken once: no dice. Knows patterns of calls, not what they mean.

/**
 * `lost-answer`: done, but the socket dies before the answer. `reset`: the socket dies before anything is done.
 * `stale`: the answer of before the last write. `wrong-tree`: a push answered ok, and another tree in the ref.
 */
export type Fault =
  | { readonly kind: 'lost-answer' | 'reset' | 'html' | 'truncated' | 'stale' | 'wrong-tree' }
  | { readonly kind: 'status'; readonly status: number; readonly message: string }
  | { readonly kind: 'limit'; readonly which: 'primary' | 'secondary'; readonly status: 403 | 429; readonly retryAfterS: number | null }
  | { readonly kind: 'held'; readonly until: Promise<void> };
export type FaultName = 'lost-answer' | 'reset' | 'html' | 'truncated' | 'stale' | 'wrong-tree' | 'server-error' | 'primary-limit' | 'secondary-limit' | 'secondary-limit-bare' | 'base-modified' | 'head-modified';
export type FaultPlan = {
  /** The next `times` calls whose `METHOD /path` matches, after letting `after` of them pass. Pushes are `PUSH /owner/name`, fetches `FETCH /owner/name`. */
  next(pattern: string, fault: FaultName | Fault, choice?: { readonly times?: number; readonly after?: number }): void;
  take(call: string): Fault | null;
  /** Planned, but not met yet: a test that ends with some has tested nothing. */
  open(): readonly string[];
};

const NAMED: Readonly<Record<FaultName, Fault>> = {
  'lost-answer': { kind: 'lost-answer' },
  'reset': { kind: 'reset' },
  'html': { kind: 'html' },
  'truncated': { kind: 'truncated' },
  'stale': { kind: 'stale' },
  'wrong-tree': { kind: 'wrong-tree' },
  'server-error': { kind: 'status', status: 502, message: 'Server Error' },
  'primary-limit': { kind: 'limit', which: 'primary', status: 403, retryAfterS: null },
  'secondary-limit': { kind: 'limit', which: 'secondary', status: 429, retryAfterS: 1 },
  'secondary-limit-bare': { kind: 'limit', which: 'secondary', status: 403, retryAfterS: null },
  'base-modified': { kind: 'status', status: 405, message: 'Base branch was modified. Review and try the merge again.' },
  'head-modified': { kind: 'status', status: 409, message: 'Head branch was modified. Review and try the merge again.' },
};

export function faultPlan(): FaultPlan {
  const planned: { readonly pattern: RegExp; readonly fault: Fault; skip: number; left: number }[] = [];
  return {
    next: (pattern, fault, choice = {}) => {
      planned.push({ pattern: new RegExp(`^${pattern}$`), fault: typeof fault === 'string' ? NAMED[fault] : fault, skip: choice.after ?? 0, left: choice.times ?? 1 });
    },
    take: (call) => {
      const met = planned.find((one) => one.left > 0 && one.pattern.test(call));
      if (met === undefined) return null;
      if (met.skip > 0) {
        met.skip -= 1;
        return null;
      }
      met.left -= 1;
      return met.fault;
    },
    open: () => planned.filter((one) => one.left > 0).map((one) => one.pattern.source),
  };
}
