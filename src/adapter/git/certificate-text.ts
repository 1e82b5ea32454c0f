// A certificate's text, read as what anybody may have put on the remote: the landing it tells of, and whether the merge itself says the same.
import { z } from 'zod';
import type { Oid } from '../../merge/branch.ts';
import { requestId } from '../../merge/identity.ts';
import type { MergeRequest, RequestKind, Verdict } from '../../merge/request.ts';
import type { Commit, Landed } from '../../port/git.ts';
import { landedBy } from './message.ts';
import { branch, id, line, LIST_MAX, oid } from './remote-text.ts';

const CERTIFICATE = z.object({
  version: z.literal(1), id,
  kind: z.enum(['branch', 'promotion', 'back-merge', 'rollback']), of: id.optional(), undoes: oid.optional(),
  branch, target: branch, title: line, author: line, tip: oid,
  merge: oid, onto: oid, tree: oid, how: z.enum(['clean', 'resolved', 'inverse']), restores: z.array(oid).max(LIST_MAX), paths: z.array(z.string()).max(LIST_MAX), pathCount: z.int(),
  gate: z.object({ result: z.string(), command: z.string().optional(), tree: oid }),
  at: z.iso.datetime(),
});
type Certificate = z.output<typeof CERTIFICATE>;

/** null: it is none of ours. The id is made anew, so that nobody can give one landing that of another. */
export function parseCertificate(text: string): Landed | null {
  const read = CERTIFICATE.safeParse(jsonIn(text));
  const kind = read.success ? kindOf(read.data) : null;
  if (!read.success || kind === null || requestId(kind, read.data.branch, read.data.tip, read.data.target) !== read.data.id) return null;
  const { id: request, branch: from, tip, target, title, author, merge, onto, tree, how, restores, paths, pathCount, gate, at } = read.data;
  const atMs = Date.parse(at);
  const rest: Omit<MergeRequest, 'phase'> = { id: request, kind, branch: from, tip, target, title, author, dependsOn: [], dependsMet: [], priority: 'normal', arrival: 0, arrivedAtMs: atMs, waitsSinceMs: atMs, heldTimes: 0, resolution: null };
  return { ...rest, phase: { state: 'landed', candidate: { commit: merge, onto, tree, how, restores, paths, pathCount }, verdict: verdictOf(gate), atMs } };
}

/** What its merge says otherwise, as the end of a sentence; null: nothing. Who wrote what else is in the text, no commit can tell. */
export function untruthIn({ id, kind, tip, phase: { candidate } }: Landed, merge: Commit): string | null {
  if (merge.tree !== candidate.tree) return 'its merge has another tree';
  const parents = kind.kind === 'rollback' ? [candidate.onto] : [candidate.onto, tip];
  if (merge.parents.join() !== parents.join()) return 'its merge has other parents';
  const said = landedBy(merge.message);
  if (said?.request !== id) return 'its merge was not made for this request';
  return kind.kind === 'rollback' && said.rollsBack !== kind.of ? 'its merge takes something else back' : null;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function kindOf({ kind, of, undoes }: Certificate): RequestKind | null {
  switch (kind) {
    case 'branch': case 'promotion': return { kind };
    case 'back-merge': return of === undefined ? null : { kind, of };
    case 'rollback': return of === undefined || undoes === undefined ? null : { kind, of, merge: undoes };
  }
}

function verdictOf({ command, tree }: { readonly command?: string | undefined; readonly tree: Oid }): Verdict {
  return command === undefined ? { kind: 'not-configured', tree } : { kind: 'passed', tree, gate: command, ms: 0, log: null };
}
