// What of one request is on the forge already. Kept as a small note, so that a restart shows nothing twice; losing it costs a look.
import { createHash } from 'node:crypto';
import type { CheckId, CommentId, Shown } from '../port/forge.ts';
import type { Notes } from './coordinator.ts';

export type Memo = {
  readonly check: Shown<CheckId>;
  /** Hash of the face that was shown last; null: none. */
  readonly face: string | null;
  readonly pull: number | null;
  readonly comment: Shown<CommentId>;
  readonly said: string | null;
  /** When that was said, by the forge's clock; null: never, or by a version that did not keep it. */
  readonly saidAtMs: number | null;
  /** The question that stands there: its mark, and since when, by the forge's clock. */
  readonly stands: { readonly mark: string; readonly sinceMs: number | null } | null;
  /** Mark of the question that people were asked to look at. */
  readonly asked: string | null;
  /** How often they were reminded of it. */
  readonly reminders: number;
  /** Refactor tasks that were, or may have been, handed out. */
  readonly tasksBegun: readonly string[];
  readonly tasks: readonly string[];
};

export const NOTHING_SHOWN: Memo = { check: { kind: 'never' }, face: null, pull: null, comment: { kind: 'never' }, said: null, saidAtMs: null, stands: null, asked: null, reminders: 0, tasksBegun: [], tasks: [] };

export async function recallMemo(notes: Notes, request: string): Promise<Memo> {
  const text = await notes.recall(keyOf(request));
  // Written by us and nobody else.
  return text === null ? NOTHING_SHOWN : { ...NOTHING_SHOWN, ...(JSON.parse(text) as Partial<Memo>) };
}

export function rememberMemo(notes: Notes, request: string, memo: Memo): Promise<void> {
  return notes.remember(keyOf(request), JSON.stringify(memo));
}

export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}

/** Before something is made for the first time: should its answer be lost, it is looked for and not made twice. */
export function begun<Id>(shown: Shown<Id>): Shown<Id> {
  return shown.kind === 'never' ? { kind: 'perhaps' } : shown;
}

function keyOf(request: string): string {
  return `shown:${request}`;
}
