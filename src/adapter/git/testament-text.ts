// The text of a testament, read as what anybody may have put on the remote. Whoever may push there may also pause, cancel and answer.
import { z } from 'zod';
import { PRIORITIES } from '../../merge/policy.ts';
import type { Testament } from '../../merge/testament.ts';
import { branch, id, line, LIST_MAX, oid } from './remote-text.ts';

const WORDS_MAX = 1000;

const lines = z.array(line).max(LIST_MAX);
const letter = z.enum(['A', 'B', 'C', 'D', 'E', 'F']);
const side = z.strictObject({ mode: line, oid: z.string() }).nullable();
const path = z.strictObject({
  path: z.string(), base: side, ours: side, theirs: side, hunks: z.tuple([]), message: z.string(),
  kind: z.enum(['content', 'add/add', 'modify/delete', 'rename/rename', 'rename/delete', 'rename/add', 'directory-rename', 'file/directory', 'binary', 'mode', 'symlink', 'submodule', 'other']),
});
const partner = z.strictObject({ branch: z.string(), request: z.string().nullable(), commit: z.string(), title: z.string() });
const conflict = z.strictObject({ fingerprint: z.string(), paths: z.array(path).max(LIST_MAX), partners: z.array(partner).max(LIST_MAX) });
const resolution = z.strictObject({ fingerprint: z.string(), choices: z.array(letter).max(LIST_MAX), by: line, permission: line.exactOptional(), how: z.literal('person'), sources: z.array(z.strictObject({ letter, commit: oid })).max(LIST_MAX).exactOptional() });
const word = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ordered') }),
  z.strictObject({ kind: z.literal('cancelled'), by: line }),
  z.strictObject({ kind: z.literal('decided'), conflict, resolution }),
]);
const what = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('branch') }),
  z.strictObject({ kind: z.literal('promotion') }),
  z.strictObject({ kind: z.literal('back-merge'), of: id }),
  z.strictObject({ kind: z.literal('rollback'), of: id, merge: oid }),
]);
const spoken = z.strictObject({ kind: what, branch, tip: oid, title: line, author: line, dependsOn: lines, dependsMet: lines, priority: z.enum(PRIORITIES), word });
const TESTAMENT = z.strictObject({
  pausedBy: line.nullable(),
  allPausedBy: line.nullable(),
  alarm: z.strictObject({ kind: z.enum(['rewound', 'diverged', 'target-gone', 'config-broken', 'refused', 'read-back', 'unfetchable']), detail: z.string() }).nullable(),
  spoken: z.array(spoken).max(WORDS_MAX),
});

/** null: it is none of ours. */
export function parseTestament(text: string): Testament | null {
  try {
    return TESTAMENT.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
