// What an answer dropped that has landed, as patches for whoever takes the work up again: each goes from the files as they landed to the
// same with the losing side's hunks, taken from the very merge that landed.
import type { Oid } from '../../merge/branch.ts';
import type { Dropped } from '../../merge/observation.ts';
import { cutPatch, PATCH_CHARS_MAX } from '../../merge/patch.ts';
import type { Candidate, MergeRequest, OptionLetter, Resolution } from '../../merge/request.ts';
import type { Conflict, PathConflict, Side } from '../../resolution/conflict.ts';
import { choicesOf, type BuildTools } from './build.ts';
import { fatesIn, fatesTaking, type HunkFate, type SideName } from './loss.ts';
import { partsIn, partsOf } from './marker.ts';
import { meetAgain } from './option.ts';
import { applyChoices, edit, settle, TEXT_BYTES_MAX, textOf } from './settle.ts';
import type { Choice, Left, Text } from './settle.ts';
import { textIn } from './text.ts';
import type { TreeEdit } from './tree-write.ts';
import { MODE_TREE } from './tree.ts';
import { openPaths, type Unit } from './unit.ts';

type Landed = { readonly candidate: Candidate; readonly left: Left; readonly choices: readonly Choice[] };
/** Entries of the same paths: as they landed, and as the side that lost would have them. */
type Loss = { readonly side: SideName; readonly from: readonly TreeEdit[]; readonly to: readonly TreeEdit[] };

/** One entry for each path and side that lost something. What a command made is nobody's work. */
export async function droppedBy(tools: BuildTools, request: MergeRequest, conflict: Conflict, letters: readonly OptionLetter[]): Promise<readonly Dropped[]> {
  const { phase, resolution } = request;
  if (!('candidate' in phase) || resolution === null) return [];
  const { candidate } = phase;
  const isHere = (await Promise.all([candidate.onto, candidate.commit, request.tip].map((oid) => tools.reader.commit(oid)))).every((commit) => commit !== null);
  const left = isHere ? await meetAgain(request, candidate, conflict, tools) : null;
  const each = letters.length === 1 ? conflict.paths.flatMap(() => letters) : letters;
  const landed = left === null ? null : { candidate, left, choices: choicesOf({ ...resolution, choices: each }, left.units) };
  const dropped: Dropped[] = [];
  for (const [at, path] of conflict.paths.entries()) {
    if (resolution.made?.includes(path.path) === true) continue;
    dropped.push(...(landed === null ? null : await lostAt(tools, landed, at, path.path)) ?? named(path, each[at], resolution));
  }
  return dropped;
}

/** null: what landed at this path did not come from this merge. */
async function lostAt(tools: BuildTools, landed: Landed, at: number, path: string): Promise<readonly Dropped[] | null> {
  const [unit, choice] = [landed.left.units[at], landed.choices[at]];
  if (unit === undefined || choice === undefined) return null;
  const text = await textOf(tools.reader, landed.left.result, unit);
  const losses = text === null ? await lossOfFiles(tools, landed, at, unit, choice.letter) : await lossesOfText(tools, landed.candidate, text, choice);
  if (losses === null) return null;
  const dropped: Dropped[] = [];
  for (const loss of losses) {
    const whole = await patchOf(tools, loss);
    const { patch, hunksLeft } = cutPatch(whole ?? '', PATCH_CHARS_MAX);
    if (whole !== '') dropped.push({ path, side: loss.side, patch, hunksLeft, blob: unit.entries.find((entry) => entry[loss.side] !== null)?.[loss.side]?.oid ?? null });
  }
  return dropped;
}

async function lossesOfText(tools: BuildTools, { tree }: Candidate, text: Text, { letter, source }: Choice): Promise<readonly Loss[] | null> {
  const landed = await entryAt(tools, tree, text.entry.path);
  const content = landed === null ? null : (await tools.reader.blob(landed.oid, TEXT_BYTES_MAX))?.toString('latin1') ?? null;
  if (landed === null || content === null) return null;
  const taken = letter === 'A' ? 'ours' : letter === 'B' ? 'theirs' : null;
  // The merge by diff3 keeps all of both.
  if (taken === null && source === null) return [];
  const { segments, versions } = text;
  const parts = taken === null ? partsIn(segments, content) : partsOf(segments, taken, versions[taken]);
  if (taken !== null && parts?.join('') !== content) return null;
  const fates = taken === null ? fatesIn(segments, versions, content) : fatesTaking(segments, versions, taken);
  return (['ours', 'theirs'] as const).flatMap((side): readonly Loss[] => {
    if (!fates.some((fate) => fate[side].isLost)) return [];
    const to = edit(tools, text, side, withLost(text, parts, fates, side));
    return [{ side, from: [{ path: to.path, to: landed }], to: [taken === null && to.to !== null ? { ...to, to: { ...to.to, mode: landed.mode } } : to] }];
  });
}

/** The landed parts with every hunk in which the side lost something as that side had it; all hunks where they cannot be told apart. */
function withLost({ segments, versions }: Text, landed: readonly string[] | null, fates: readonly HunkFate[], side: SideName): string {
  const own = partsOf(segments, side, versions[side]);
  if (landed === null) return own.join('');
  let hunk = 0;
  return segments.map((segment, at) => {
    if (segment.kind === 'merged') return segment.text;
    const isLost = fates[hunk]?.[side].isLost === true;
    hunk += 1;
    return (isLost ? own : landed)[at] ?? '';
  }).join('');
}

/** A unit that is whole files: one side's are there, the other's are not. */
async function lossOfFiles(tools: BuildTools, { candidate, left, choices }: Landed, at: number, unit: Unit, letter: OptionLetter): Promise<readonly Loss[] | null> {
  if (letter !== 'A' && letter !== 'B') return [];
  const side = letter === 'A' ? 'theirs' : 'ours';
  const other: Choice = { letter: letter === 'A' ? 'B' : 'A', source: null };
  const to = unit.kind === 'file/directory' ? await otherwise(tools, left, choices.with(at, other), unit) : (await settle(tools, left, unit, other))?.edits;
  if (to === undefined || to === null) return null;
  const from = await Promise.all(to.map(async ({ path }): Promise<TreeEdit> => ({ path, to: await entryAt(tools, candidate.tree, path) })));
  return [{ side, from, to }];
}

/** A folder against a file: what stands at their paths with another answer, in the whole tree. */
async function otherwise(tools: BuildTools, left: Left, choices: readonly Choice[], unit: Unit): Promise<readonly TreeEdit[] | null> {
  const tree = (await applyChoices(tools, left, choices))?.tree;
  const paths = [...new Set(openPaths([unit]).map((path) => path.replace(/\/$/, '')))];
  return tree === undefined ? null : Promise.all(paths.map(async (path): Promise<TreeEdit> => ({ path, to: await entryAt(tools, tree, path) })));
}

const HEADING = /(?<=\n)(@@ -[\d,]+ \+[\d,]+ @@)[^\n]*/g;

/** '': nothing differs. null: too large, or bytes in it that are no text. */
async function patchOf(tools: BuildTools, { from, to }: Loss): Promise<string | null> {
  const [before, after] = [treeOf(tools, from), treeOf(tools, to)];
  const changes = await tools.reader.changes(before, after);
  if (changes.length === 0) return '';
  const infos = await Promise.all(changes.flatMap(({ oldOid, newOid }) => [tools.reader.info(oldOid), tools.reader.info(newOid)]));
  if (infos.reduce((bytes, info) => bytes + (info?.bytes ?? 0), 0) > 2 * TEXT_BYTES_MAX) return null;
  const { stdout } = await tools.git.run(['diff-tree', '-r', '-p', '-M100%', '--text', '--no-ext-diff', '--no-textconv', '--no-color', '--submodule=short', before, after], { config: ['core.quotePath=true'] });
  // git cuts the heading of a hunk anywhere, also within a character.
  return textIn(Buffer.from(stdout.toString('latin1').replaceAll(HEADING, '$1'), 'latin1'));
}

/** A tree of nothing but these entries. */
function treeOf(tools: BuildTools, edits: readonly TreeEdit[]): Oid {
  const inside = Map.groupBy(edits.filter(({ to }) => to !== null), ({ path }) => path.split('/', 1)[0] ?? '');
  const entries = [...inside].map(([name, some]) => {
    const [only] = some;
    if (only?.to && only.path === name) return { name, ...only.to };
    return { name, mode: MODE_TREE, oid: treeOf(tools, some.map(({ path, to }) => ({ path: path.slice(name.length + 1), to }))) };
  });
  const key = ({ name, mode }: { readonly name: string; readonly mode: string }): string => mode === MODE_TREE ? `${name}/` : name;
  return tools.writer.tree(entries.toSorted((a, b) => key(a) < key(b) ? -1 : 1));
}

async function entryAt(tools: BuildTools, tree: Oid, path: string): Promise<Side | null> {
  let here: Side = { mode: MODE_TREE, oid: tree };
  for (const name of path.split('/')) {
    const found = here.mode === MODE_TREE ? (await tools.reader.tree(here.oid))?.find((entry) => entry.name === name) : undefined;
    if (found === undefined) return null;
    here = { mode: found.mode, oid: found.oid };
  }
  return here;
}

/** Without the merge only the file of whoever lost can be named. */
function named({ path, ours, theirs }: PathConflict, letter: OptionLetter | undefined, { applied = [] }: Resolution): readonly Dropped[] {
  const counts = applied.find((one) => one.path === path);
  const lost = { ours: letter === 'B' || (letter !== 'A' && (counts?.droppedOurs ?? 0) > 0), theirs: letter === 'A' || (letter !== 'B' && (counts?.droppedTheirs ?? 0) > 0) };
  return (['ours', 'theirs'] as const).flatMap((side) => lost[side] ? [{ path, side, patch: '', hunksLeft: 0, blob: (side === 'ours' ? ours : theirs)?.oid ?? null }] : []);
}
