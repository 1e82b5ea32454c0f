// Ids that follow from what they name, so that the same push seen twice, or after a crash, is the same request.
import { hash } from 'node:crypto';
import type { Oid, RefName } from './branch.ts';
import type { Question, RequestId, RequestKind } from './request.ts';

const ID_DIGITS = 12;
const MARK_DIGITS = 8;

export function requestId(kind: RequestKind, branch: RefName, tip: Oid, target: RefName): RequestId {
  const more = kind.kind === 'rollback' ? kind.merge : '';
  return digest([kind.kind, branch, tip, target, more]) as RequestId;
}

export function taskId(request: RequestId, path: string, branch: string): string {
  return digest(['task', request, path, branch]);
}

/** 8 hex digits: what is asked, on which commit, and which texts its letters stand for. An answer is taken only for the question it was given to. */
export function questionMark({ onto, conflict, options }: Pick<Question, 'onto' | 'conflict' | 'options'>): string {
  return digest(['question', onto, conflict.fingerprint, ...options.map(({ letter, tree }) => `${letter} ${tree}`)]).slice(0, MARK_DIGITS);
}

// NUL cannot occur in any part, so no two lists of parts hash alike.
function digest(parts: readonly string[]): string {
  return hash('sha256', parts.join('\0'), 'hex').slice(0, ID_DIGITS);
}
