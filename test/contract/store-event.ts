// Events for the tests of stores: as small as their kind allows. Knows no store.
import * as fc from 'fast-check';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import type { RequestId } from '../../src/merge/request.ts';

export const ID_A = 'aaaaaaaaaaaa';
export const ID_B = 'bbbbbbbbbbbb';

/** Any text: a store must not care what a lane is called. */
export function lane(name: string): RefName {
  return `refs/heads/${name}` as RefName;
}

export function requested(id: string, rollbackOf: string | null = null): LedgerEvent {
  return {
    kind: 'requested', atMs: 1_700_000_000_000, id: id as RequestId, branch: lane(`feature/${id}`), tip: oid(1), title: 'Add the thing', author: 'Apollo',
    what: rollbackOf === null ? { kind: 'branch' } : { kind: 'rollback', of: rollbackOf as RequestId, merge: oid(2) },
    dependsOn: [], dependsMet: [], priority: 'normal',
  };
}

export function tipSeen(n: number): LedgerEvent {
  return { kind: 'tip', atMs: 1_700_000_000_000 + n, oid: oid(n) };
}

export function intended(id: string, requests: readonly string[]): LedgerEvent {
  return { kind: 'intended', atMs: 5, intent: { id, target: lane('main'), old: oid(1), new: oid(2), tree: oid(3), requests: requests as readonly RequestId[], atMs: 5 } };
}

export function landed(intent: string): LedgerEvent {
  return { kind: 'landed', atMs: 6, intent };
}

export function rolledBack(id: string, by: string): LedgerEvent {
  return { kind: 'rolled-back', atMs: 7, id: id as RequestId, by: by as RequestId, tip: oid(1), revert: oid(2) };
}

export function bodyOf(text: string): LedgerEvent {
  return { kind: 'paused', atMs: 8, by: text, all: false };
}

export function anyEvents(): fc.Arbitrary<readonly LedgerEvent[]> {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  return fc.array(fc.oneof(
    text.map(bodyOf),
    fc.nat().map(tipSeen),
    text.map((id) => requested(id)),
    fc.tuple(text, fc.array(text, { maxLength: 4 })).map(([id, requests]) => intended(id, requests)),
    text.map(landed),
  ), { maxLength: 6 });
}

function oid(n: number): Oid {
  return n.toString(16).padStart(40, '0') as Oid;
}
