// The two forms in which Git hands over three files: a merge driver and a mergetool. Writes one file, or leaves it as Git would.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Ladder } from '../../adapter/ladder/ladder.ts';
import { MaestroError } from '../../error.ts';
import { ask } from '../../hook/git.ts';
import { printable } from '../../merge/branch.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import { findingOf, nothing, sureText, type Finding } from './finding.ts';
import { markerText, type ConflictStyle } from './marker-text.ts';

export type ThreeFiles = { readonly base: string; readonly ours: string; readonly theirs: string; /** As the repository knows it. */ readonly path: string; readonly background: Pick<ConflictFile, 'intent' | 'earlier'> };
export type Labels = { readonly size: number; readonly ours: string; readonly base: string; readonly theirs: string };

const BINARY_LOOK_BYTES = 8000;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The merge driver: true when `ours` holds the merge now, false when it holds git's markers (or, binary, is left as it is). */
export async function driveMerge(files: ThreeFiles, labels: Labels, ladder: Pick<Ladder, 'resolve'>, threshold: number): Promise<boolean> {
  const bytes = [files.base, files.ours, files.theirs].map((file) => readFileSync(file));
  if (bytes.some(isBinary)) return false;
  const sure = sureText(await findingFor(files, ladder), threshold);
  if (sure !== null) {
    writeFileSync(files.ours, sure);
    return true;
  }
  const [base = '', ours = '', theirs = ''] = bytes.map((one) => one.toString('latin1'));
  const { text, open } = markerText(base, ours, theirs, { ...labels, style: conflictStyle() });
  writeFileSync(files.ours, text, 'latin1');
  return open === 0;
}

/** The mergetool: writes `merged` only when it is sure. */
export async function mergeTool(files: ThreeFiles, merged: string, ladder: Pick<Ladder, 'resolve'>, threshold: number): Promise<Finding & { readonly written: boolean }> {
  const finding = await findingFor(files, ladder);
  const sure = sureText(finding, threshold);
  if (sure !== null) writeFileSync(merged, sure);
  return { ...finding, written: sure !== null };
}

/** An empty or absent base is none: git gives no other sign that both sides added the path. */
async function findingFor({ base, ours, theirs, path, background }: ThreeFiles, ladder: Pick<Ladder, 'resolve'>): Promise<Finding> {
  // git hands over no absent side: taken for an empty file it would take everything out.
  const absent = [ours, theirs].find((file) => !existsSync(file));
  if (absent !== undefined) throw new MaestroError('usage', `there is no file ${printable(absent)}`, { next: 'maestro resolve --help' });
  const bytes = [base, ours, theirs].map((file) => existsSync(file) ? readFileSync(file) : Buffer.alloc(0));
  if (bytes.some(isBinary)) return nothing('binary');
  const [before, left, right] = bytes.map(decoded);
  if (typeof before !== 'string' || typeof left !== 'string' || typeof right !== 'string') return nothing('not-utf8');
  return findingOf(await ladder.resolve('', { path, base: before === '' ? null : before, ours: left, theirs: right, ...background }));
}

function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, BINARY_LOOK_BYTES).includes(0);
}

function decoded(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** The person's own setting: git runs the driver in their repository. */
function conflictStyle(): ConflictStyle {
  const style = ask(['config', '--get', 'merge.conflictStyle']);
  return style === 'diff3' || style === 'zdiff3' ? style : 'merge';
}

/** git before 2.44 leaves %S, %X and %Y as they are, and names the branch that is merged only in the environment. */
export function labelsFrom(size: string | null, ours: string | null, theirs: string | null, base: string | null): Labels {
  const given = (label: string | null, other: string): string => label === null || /^%[SXY]$/.test(label) ? other : label;
  const heads = Object.entries(process.env).filter(([name]) => name.startsWith('GITHEAD_')).map(([, name]) => name ?? '');
  const merged = heads.length === 1 ? heads[0] : undefined;
  return { size: Number(size) > 0 ? Number(size) : 7, ours: given(ours, merged === undefined ? 'ours' : 'HEAD'), base: given(base, 'base'), theirs: given(theirs, merged ?? 'theirs') };
}
