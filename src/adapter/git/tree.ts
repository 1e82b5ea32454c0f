// A raw tree object as entries. Names are bytes, carried as latin1 text so that nothing is lost; knows no process.

/** `name` is bytes as latin1. `mode` as git prints it, six digits. */
export type TreeEntry = { readonly mode: string; readonly name: string; readonly oid: string };

export const MODE_TREE = '040000';
export const MODE_SYMLINK = '120000';
export const MODE_SUBMODULE = '160000';
const MODE_DIGITS = 6;
const NUL = 0;
const SPACE = 32;

/** Null when the bytes are no tree. `oidBytes` is 20 or 32. */
export function parseTree(body: Buffer, oidBytes: number): readonly TreeEntry[] | null {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(SPACE, at);
    const nul = body.indexOf(NUL, space);
    if (space === -1 || nul === -1 || nul + 1 + oidBytes > body.length) return null;
    entries.push({
      mode: body.toString('latin1', at, space).padStart(MODE_DIGITS, '0'),
      name: body.toString('latin1', space + 1, nul),
      oid: body.toString('hex', nul + 1, nul + 1 + oidBytes),
    });
    at = nul + 1 + oidBytes;
  }
  return entries;
}

/** A path kept as latin1 bytes, for people and JSON: UTF-8 where it is UTF-8. */
export function shownPath(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
