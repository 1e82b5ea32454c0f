// What anybody may do who can push to refs/maestro/: another tag in a certificate's place, or one beside it.
import type { Oid } from '../../src/merge/branch.ts';
import type { Repository } from './repository.ts';

/** Long after all else here. */
const LATER_SECONDS = 4_000_000_000;

/** A tag object on `object` with this text, behind this ref. */
export async function putTag(remote: Repository, ref: string, object: Oid, text: string): Promise<void> {
  const tag = await remote.git(['mktag'], `object ${object}\ntype commit\ntag forged\ntagger Mallory <mallory@example.org> ${LATER_SECONDS} +0000\n\n${text}`);
  await remote.git(['update-ref', ref, tag]);
}

/** A certificate's text with other fields. */
export function altered(text: string, fields: object): string {
  return `${JSON.stringify({ ...JSON.parse(text) as object, ...fields }, null, 2)}\n`;
}
