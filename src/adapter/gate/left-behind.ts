// What a command left in its folder, as texts. It may have left anything: links, pipes, giants, bytes that are no text. Those are not read.
import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

const TEXT_BYTES_MAX = 4 * 1024 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** By path; what is no regular file of text in a folder of the tree's own is left out. Nothing of the command runs any more. */
export function textsIn(root: string, paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map(paths.flatMap((path) => {
    const text = textAt(root, path);
    return text === null ? [] : [[path, text] as const];
  }));
}

function textAt(root: string, path: string): string | null {
  try {
    const file = join(realpathSync(root), path);
    const seen = lstatSync(file);
    // A folder on the way may be a link too.
    if (!seen.isFile() || seen.size > TEXT_BYTES_MAX || realpathSync(file) !== file) return null;
    const text = utf8.decode(readFileSync(file));
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
