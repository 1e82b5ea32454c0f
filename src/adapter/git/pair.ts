// Two commits merged once more: what git leaves in conflict between them, as texts. Judges nothing.
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import type { MergeResult, Stage } from './merge-output.ts';
import { utf8In } from './text.ts';
import type { View } from './view.ts';

export type Pair = { readonly ours: Oid; readonly theirs: Oid };
/** One path in conflict; bytes as latin1. */
export type Sides = { readonly path: string; readonly base: Stage | null; readonly ours: Stage | null; readonly theirs: Stage | null };
export type Texts = Pick<ConflictFile, 'base' | 'ours' | 'theirs'>;
/** Why a conflicted path is no three texts. */
export type Unread = 'modify/delete' | 'not-a-file' | 'missing' | 'binary' | 'too-large' | 'not-utf8';

const TEXT_BYTES_MAX = 1_000_000;
const BINARY_LOOK_BYTES = 8000;

/** Null where objects are missing, git refuses the pair, or takes too long over it. */
export async function mergePair({ merger }: Pick<View, 'merger'>, { ours, theirs }: Pair): Promise<MergeResult | null> {
  try {
    return await merger.merge(ours, theirs);
  } catch (error) {
    if (error instanceof MaestroError && (error.code === 'git-failed' || error.code === 'disk' || error.code === 'timeout')) return null;
    throw error;
  }
}

export function sidesIn(stages: readonly Stage[]): readonly Sides[] {
  return [...Map.groupBy(stages, ({ path }) => path)].map(([path, some]) => {
    const at = (stage: number): Stage | null => some.find((one) => one.stage === stage) ?? null;
    return { path, base: at(1), ours: at(2), theirs: at(3) };
  });
}

export async function readSides(view: Pick<View, 'reader'>, { base, ours, theirs }: Sides, bytesMax = TEXT_BYTES_MAX): Promise<Texts | Unread> {
  if (ours === null || theirs === null) return 'modify/delete';
  if ([base, ours, theirs].some((side) => side !== null && !side.mode.startsWith('100'))) return 'not-a-file';
  const [before, left, right] = await Promise.all([base === null ? null : readText(view, base.oid, bytesMax), readText(view, ours.oid, bytesMax), readText(view, theirs.oid, bytesMax)]);
  if (before !== null && before.kind !== 'text') return before.kind;
  if (left.kind !== 'text') return left.kind;
  return right.kind === 'text' ? { base: before === null ? null : before.text, ours: left.text, theirs: right.text } : right.kind;
}

type Text = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'missing' | 'binary' | 'too-large' | 'not-utf8' };

export async function readText({ reader }: Pick<View, 'reader'>, oid: string, bytesMax = TEXT_BYTES_MAX): Promise<Text> {
  const bytes = await reader.blob(oid, bytesMax);
  if (bytes === null) return { kind: await reader.info(oid) === null ? 'missing' : 'too-large' };
  if (bytes.subarray(0, BINARY_LOOK_BYTES).includes(0)) return { kind: 'binary' };
  const text = utf8In(bytes);
  return text === null ? { kind: 'not-utf8' } : { kind: 'text', text };
}
