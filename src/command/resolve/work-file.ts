// One file of a work tree in the middle of a merge, under the person's own settings: whether it is still what git left there, and what stands there instead.
// Line ends, encodings and filters are git's to apply, as `git add` and `git checkout` do.
import { chmodSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ask, askBytes, type GitOptions } from '../../hook/git.ts';
import { isGone } from '../../hook/scratch.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import { markerText } from './marker-text.ts';

/** `there`: how git is asked in it; what it writes on the way goes elsewhere. */
export type WorkTree = { readonly root: string; readonly there: GitOptions };
/** `edited-already`: it is not what git left there; somebody's work, or a form of conflict that is not known here. */
export type Put = 'yes' | 'edited-already' | 'not-a-file' | 'unwritable';

/** Beside the file, since only there a rename is one step; the process that makes it stands behind. */
const MADE = '.maestro-resolved-';
const LABELS_MAX = 4;
const MARKER_SIZE = 7;

/** Only over what git left. `bytes`: the path as git says it, bytes as latin1. */
export function putResolved({ root, there }: WorkTree, bytes: string, file: ConflictFile, text: string): Put {
  const path = Buffer.from(bytes, 'latin1').toString('utf8');
  // Arguments of programs are UTF-8.
  if (Buffer.from(path, 'utf8').toString('latin1') !== bytes) return 'unwritable';
  try {
    const place = join(root, path);
    const stat = lstatSync(place);
    if (!stat.isFile()) return 'not-a-file';
    if (!isAsLeft(there, path, readFileSync(place), file)) return 'edited-already';
    const content = checkedOut(there, path, text);
    if (content === null) return 'unwritable';
    replace(place, content, stat.mode & 0o777);
    return 'yes';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') return 'edited-already';
    if (typeof code === 'string') return 'unwritable';
    throw error;
  }
}

/** Whole, or not at all. Whoever is killed in between leaves what it made; the next one in this folder takes it away. */
function replace(place: string, content: Buffer, mode: number): void {
  const folder = dirname(place);
  sweep(folder);
  const made = join(folder, `${MADE}${process.pid}`);
  try {
    writeFileSync(made, content, { flag: 'wx' });
    chmodSync(made, mode);
    renameSync(made, place);
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
}

/** Of processes that are gone, and of one whose id is ours now. */
function sweep(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const pid = entry.isFile() && entry.name.startsWith(MADE) ? /^[1-9]\d*$/.exec(entry.name.slice(MADE.length))?.[0] : undefined;
    if (pid !== undefined && (Number(pid) === process.pid || isGone(Number(pid)))) rmSync(join(folder, entry.name), { force: true });
  }
}

/** The file as `git add` would store it is the three texts as git writes a conflict. */
function isAsLeft(there: GitOptions, path: string, content: Buffer, { base, ours, theirs }: ConflictFile): boolean {
  const stored = askBytes(['hash-object', '-w', `--path=${path}`, '--stdin'], { ...there, input: content })?.toString('latin1').trim();
  const said = stored === undefined ? null : askBytes(['cat-file', 'blob', stored], there)?.toString('latin1') ?? null;
  if (said === null) return false;
  const size = markerSize(there, path);
  const [left, before, right] = ['<', '|', '>'].map((sign) => labelsOf(said, sign, size));
  const texts = [base ?? '', ours, theirs].map((one) => Buffer.from(one, 'utf8').toString('latin1'));
  const styles = before?.length === 0 ? ['merge'] as const : ['diff3', 'zdiff3'] as const;
  return (left ?? []).some((mine) => (right ?? []).some((other) => (before?.length === 0 ? [''] : before ?? []).some((middle) => styles.some((style) =>
    markerText(texts[0] ?? '', texts[1] ?? '', texts[2] ?? '', { size, style, ours: mine, base: middle, theirs: other }).text === said))));
}

function markerSize(there: GitOptions, path: string): number {
  const size = Number(ask(['check-attr', '-z', 'conflict-marker-size', '--', path], there)?.split('\0')[2]);
  return Number.isInteger(size) && size > 0 ? size : MARKER_SIZE;
}

/** What stands behind markers of the sign, each once. */
function labelsOf(text: string, sign: string, size: number): readonly string[] {
  const found = new Set<string>();
  for (const [, label = ''] of text.matchAll(new RegExp(`^[${sign}]{${size}}(?: (.*?))?\\r?$`, 'gm'))) if (found.size < LABELS_MAX) found.add(label);
  return [...found];
}

/** The text as a checkout would write it. */
function checkedOut(there: GitOptions, path: string, text: string): Buffer | null {
  const oid = askBytes(['hash-object', '-w', '--no-filters', '--stdin'], { ...there, input: Buffer.from(text, 'utf8') })?.toString('latin1').trim();
  return oid === undefined ? null : askBytes(['cat-file', '--filters', `--path=${path}`, oid], there);
}
