// The server's one mutable place: the state now and before the last write, the post, the planned faults, the log of calls. Knows no route.
import type { Change } from './change.ts';
import { faultPlan } from './fault.ts';
import type { FaultPlan } from './fault.ts';
import { openPost } from './post.ts';
import type { Post } from './post.ts';
import type { State } from './state.ts';

/** One API call or git request, as answered. `by` is a login, `installation` the token's. */
export type Call = { readonly method: string; readonly path: string; readonly status: number; readonly by: string | null; readonly installation: number | null; readonly atMs: number; readonly body: unknown };
export type Hub = {
  state(): State;
  /** The state before the last call that changed something: what a stale read shows. */
  past(): State;
  set(change: (state: State) => State): void;
  /** Marks where a write begins. */
  mark(): void;
  apply<T>(make: (state: State) => Change<T>): T;
  nowMs(): number;
  readonly post: Post;
  readonly fault: FaultPlan;
  readonly calls: Call[];
  /** One at a time per repository: git itself would let two pushes overlap, our before-and-after would not. */
  alone<T>(repository: number, work: () => Promise<T>): Promise<T>;
  /** Requests an installation has left in its hour. */
  readonly budget: Map<number, number>;
};

export const BUDGET = 5_000;

export function openHub(first: State, nowMs: () => number): Hub {
  let state = first;
  let past = first;
  const lines = new Map<number, Promise<unknown>>();
  const set: Hub['set'] = (change) => {
    state = change(state);
  };
  const post = openPost({ state: () => state, set, nowMs });
  return {
    set, nowMs, post,
    state: () => state,
    past: () => past,
    mark: () => {
      past = state;
    },
    apply: (make) => {
      const change = make(state);
      state = change.state;
      post.send(change.events);
      return change.made;
    },
    fault: faultPlan(),
    calls: [],
    alone: (repository, work) => {
      const mine = (lines.get(repository) ?? Promise.resolve()).then(work, work);
      lines.set(repository, mine.catch(() => undefined));
      return mine;
    },
    budget: new Map(),
  };
}
