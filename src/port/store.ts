// The memory of intent: an append-only ledger per lane, one fenced writer.
import type { RefName } from '../merge/branch.ts';
import type { LedgerEvent } from '../merge/event.ts';

/** A lane's events in order; `version` is their number. */
export type LaneHistory = { readonly target: RefName; readonly version: number; readonly events: readonly LedgerEvent[] };

export type Store = {
  /** Becomes the one writer: every earlier holder is fenced off from here on. Returns the token. */
  claim(holder: string): Promise<number>;
  /** Every lane, whole. */
  load(): Promise<readonly LaneHistory[]>;
  /**
   * Appends all or nothing, durable (fsync) when it resolves. `version` is the lane's length before.
   * The last append sent once more is not refused and changes nothing: its answer may have been lost.
   * Throws MaestroError `fenced` (a newer token was claimed), `state-held` never, `disk` when the disk refuses.
   */
  append(token: number, target: RefName, version: number, events: readonly LedgerEvent[]): Promise<void>;
  /** Every event that names this request, oldest first, with its lane; also those no lane keeps in memory. */
  history(request: string): Promise<{ readonly target: RefName; readonly events: readonly LedgerEvent[] } | null>;
  /** Small durable notes beside the ledger (last good config). Last write wins. */
  recall(key: string): Promise<string | null>;
  remember(token: number, key: string, value: string): Promise<void>;
  close(): Promise<void>;
};
