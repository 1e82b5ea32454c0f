// A conflict with an answer: one letter per unit becomes tree entries, and a count of whose lines stay. Knows nothing of who chose.
import type { Oid } from '../../merge/branch.ts';
import type { AppliedChoice, OptionLetter } from '../../merge/request.ts';
import type { Side } from '../../resolution/conflict.ts';
import { resolveByDiff3 } from '../../resolution/diff3.ts';
import { keepsSettled } from '../../resolution/settled.ts';
import { fatesIn, fatesTaking, ledgerOf, sum, type Ledger, type Versions } from './loss.ts';
import { countLines, MARKER_LINE, parseMarkers, takeSide } from './marker.ts';
import type { Segment } from './marker.ts';
import type { ObjectWriter } from './object.ts';
import type { Reader } from './read.ts';
import type { GitRunner } from './run.ts';
import { editTree } from './tree-write.ts';
import type { TreeEdit } from './tree-write.ts';
import { MODE_SUBMODULE, shownPath } from './tree.ts';
import type { Conflicted, Sides, Unit, UnitEntry } from './unit.ts';

export const TEXT_BYTES_MAX = 4 * 1024 * 1024;
/** diff3 runs on the thread everything else waits for. */
const DIFF3_UNITS_MAX = 20;
const NO_LINES: Ledger = { keptOurs: 0, keptTheirs: 0, droppedOurs: 0, droppedTheirs: 0 };

export type Tools = { readonly git: GitRunner; readonly reader: Reader; readonly writer: ObjectWriter };
/** What git left of a merge it could not finish. */
export type Left = { readonly result: Conflicted; readonly units: readonly Unit[]; readonly sides: Sides };
type Answer = { readonly edits: readonly TreeEdit[]; readonly ledger: Ledger };

/** `applied`: unit by unit; `ledger`: of all together. */
type Chosen = { readonly tree: Oid; readonly ledger: Ledger; readonly applied: readonly AppliedChoice[] };

/** What a letter from C on stands for: a text, or the same path in a commit that holds it. Without either it is the merge by diff3. */
export type Source = ({ readonly kind: 'text'; readonly text: string } | { readonly kind: 'commit'; readonly commit: Oid }) & { /** A declared command made all of it. */ readonly whole: boolean };
export type Choice = { readonly letter: OptionLetter; readonly source: Source | null };

/** One letter for all units, or one each. */
export function plainChoices(letters: readonly OptionLetter[]): readonly Choice[] {
  return letters.map((letter) => ({ letter, source: null }));
}

/** One choice for all units, or one each; null when they do not fit or one has no answer. */
export async function applyChoices(tools: Tools, left: Left, choices: readonly Choice[]): Promise<Chosen | null> {
  const { result, units } = left;
  const chosen = choices.length === 1 ? units.map(() => choices[0]) : choices;
  if (chosen.length !== units.length) return null;
  if (chosen.filter((one) => one?.letter === 'C' && one.source === null).length > DIFF3_UNITS_MAX) return null;
  const edits: TreeEdit[] = [];
  const applied: AppliedChoice[] = [];
  let ledger = NO_LINES;
  for (const [at, unit] of units.entries()) {
    const choice = chosen[at] ?? { letter: 'A', source: null };
    const answer = await settle(tools, left, unit, choice);
    if (answer === null) return null;
    applied.push({ path: shownPath(unit.path), choice: choice.letter, droppedOurs: answer.ledger.droppedOurs, droppedTheirs: answer.ledger.droppedTheirs });
    edits.push(...answer.edits);
    ledger = sum(ledger, answer.ledger);
  }
  return { tree: await editTree(tools, result.tree, edits), ledger, applied };
}

/** What one choice makes of one unit; null where it has no answer to it. */
export async function settle(tools: Tools, left: Left, unit: Unit, { letter, source }: Choice): Promise<Answer | null> {
  const text = await textOf(tools.reader, left.result, unit);
  if (letter !== 'A' && letter !== 'B') return text === null ? null : source === null ? merged(tools, text) : proposed(tools, text, source);
  const side = letter === 'A' ? 'ours' : 'theirs';
  if (text !== null) return chosenHunks(tools, text, side);
  if (unit.move !== null) return moved(unit, unit.move, side);
  return { edits: await withoutMarkers(tools.reader, wholeEntries(unit, side), left.sides[side]), ledger: await linesOfEntries(tools.reader, unit, side) };
}

/** A unit that is one text file on both sides, and the file git left, taken apart. */
export type Text = { readonly entry: UnitEntry; readonly ours: Side; readonly theirs: Side; readonly segments: readonly Segment[]; readonly versions: Versions };

export async function textOf(reader: Reader, result: Conflicted, unit: Unit): Promise<Text | null> {
  const [entry] = unit.entries;
  if ((unit.kind !== 'content' && unit.kind !== 'add/add') || unit.entries.length !== 1) return null;
  if (entry === undefined || entry.ours === null || entry.theirs === null) return null;
  const left = await reader.info(`${result.tree}:${entry.written}`);
  const read = (oid: string | undefined): Promise<Buffer | null> => oid === undefined ? Promise.resolve(null) : reader.blob(oid, TEXT_BYTES_MAX);
  const [marked, base, ours, theirs] = await Promise.all([read(left?.oid), read(entry.base?.oid), read(entry.ours.oid), read(entry.theirs.oid)]);
  if (marked === null || ours === null || theirs === null || (entry.base !== null && base === null)) return null;
  const segments = parseMarkers(marked.toString('latin1'));
  if (segments === null || !segments.some((segment) => segment.kind === 'conflict')) return null;
  return { entry, ours: entry.ours, theirs: entry.theirs, segments, versions: { base: base?.toString('latin1') ?? null, ours: ours.toString('latin1'), theirs: theirs.toString('latin1') } };
}

function chosenHunks(tools: Tools, text: Text, side: 'ours' | 'theirs'): Answer {
  const content = takeSide(text.segments, side, text.versions[side]);
  return { edits: [edit(tools, text, side, content)], ledger: ledgerOf(fatesTaking(text.segments, text.versions, side)) };
}

function merged(tools: Tools, text: Text): Answer | null {
  const { base, ours, theirs } = text.versions;
  if (base === null || text.ours.mode !== text.theirs.mode) return null;
  const [o, a, b] = [decode(base), decode(ours), decode(theirs)];
  if (o === null || a === null || b === null) return null;
  const resolved = resolveByDiff3(o, a, b);
  const content = resolved === null ? null : Buffer.from(resolved, 'utf8').toString('latin1');
  if (content === null || !keepsMerged(text.segments, content)) return null;
  return { edits: [edit(tools, text, 'ours', content)], ledger: { ...NO_LINES, keptOurs: linesIn(text.segments, 'ours'), keptTheirs: linesIn(text.segments, 'theirs') } };
}

/** What somebody proposed, if it leaves alone what git settled; what a command made is whole. */
async function proposed(tools: Tools, text: Text, source: Source): Promise<Answer | null> {
  const content = source.kind === 'text' ? Buffer.from(source.text, 'utf8').toString('latin1') : await contentIn(tools.reader, source.commit, text.entry.path);
  if (content === null || text.ours.mode !== text.theirs.mode || !(source.whole || keepsMerged(text.segments, content))) return null;
  return { edits: [edit(tools, text, 'ours', content)], ledger: ledgerOf(fatesIn(text.segments, text.versions, content)) };
}

async function contentIn(reader: Reader, commit: Oid, path: string): Promise<string | null> {
  const found = await reader.info(`${commit}:${path}`);
  const content = found?.type === 'blob' ? await reader.blob(found.oid, TEXT_BYTES_MAX) : null;
  return content === null ? null : content.toString('latin1');
}

/** Only bytes inside conflict hunks may differ from git's own merge. */
function keepsMerged(segments: readonly Segment[], content: string): boolean {
  return keepsSettled(segments.map((segment) => segment.kind === 'merged' ? segment.text : null), content);
}

/** What a text file becomes where that side's mode counts if both changed it. */
export function edit(tools: Pick<Tools, 'writer'>, text: Text, side: 'ours' | 'theirs', content: string): TreeEdit {
  const { base } = text.entry;
  const { ours, theirs } = text;
  const mode = ours.mode === base?.mode ? theirs.mode : theirs.mode === base?.mode ? ours.mode : text[side].mode;
  return { path: text.entry.path, to: { mode, oid: tools.writer.blob(Buffer.from(content, 'latin1')) } };
}

/** That side's entry at every path of the unit; what the other side had there goes. */
function wholeEntries(unit: Unit, side: 'ours' | 'theirs'): readonly TreeEdit[] {
  const wanted = new Map<string, Side | null>();
  for (const entry of unit.entries) {
    if (entry.written !== entry.path) wanted.set(entry.written, null);
    wanted.set(entry.path, entry[side] ?? wanted.get(entry.path) ?? null);
  }
  // What git moved aside for a folder: where the chosen side has a folder itself, nothing may be removed at its name.
  const aside = new Set(unit.entries.filter((entry) => entry.written !== entry.path && entry[side] === null).map((entry) => entry.path));
  return [...wanted].flatMap(([path, to]) => to === null && aside.has(path) ? [] : [{ path, to }]);
}

/** Where a renamed file conflicts inside and at its new name, git's stage is itself a file of markers: then the side's own file counts. */
function withoutMarkers(reader: Reader, edits: readonly TreeEdit[], side: Oid): Promise<readonly TreeEdit[]> {
  return Promise.all(edits.map(async ({ path, to }) => {
    const content = to === null || to.mode === MODE_SUBMODULE ? null : await reader.blob(to.oid, TEXT_BYTES_MAX);
    if (to === null || content === null || !content.includes(MARKER_LINE)) return { path, to };
    const own = await reader.info(`${side}:${path}`);
    return { path, to: own?.type === 'blob' ? { mode: to.mode, oid: own.oid } : null };
  }));
}

/** Nobody wants the file gone: the question is only where it lives, after the folder was renamed or before. */
function moved(unit: Unit, move: { readonly to: string; readonly from: string }, side: 'ours' | 'theirs'): Answer {
  const [entry] = unit.entries;
  const present = entry?.ours ?? entry?.theirs ?? null;
  const isAdder = entry?.[side] !== null;
  const [into, out] = isAdder ? [move.from, move.to] : [move.to, move.from];
  return { edits: [{ path: out, to: null }, { path: into, to: present }], ledger: NO_LINES };
}

async function linesOfEntries(reader: Reader, unit: Unit, side: 'ours' | 'theirs'): Promise<Ledger> {
  const counts = await Promise.all(unit.entries.map(async (entry): Promise<Ledger> => {
    const [ours, theirs] = await Promise.all([textLines(reader, entry.ours), textLines(reader, entry.theirs)]);
    // Only the mode is in question: both sides' lines stay.
    if (entry.ours?.oid === entry.theirs?.oid) return { ...NO_LINES, keptOurs: ours, keptTheirs: theirs };
    return side === 'ours' ? { ...NO_LINES, keptOurs: ours, droppedTheirs: theirs } : { ...NO_LINES, keptTheirs: theirs, droppedOurs: ours };
  }));
  return counts.reduce(sum, NO_LINES);
}

async function textLines(reader: Reader, side: Side | null): Promise<number> {
  const content = side === null || !side.mode.startsWith('100') ? null : await reader.blob(side.oid, TEXT_BYTES_MAX);
  return content === null || content.includes(0) ? 0 : countLines(content.toString('latin1'));
}

function linesIn(segments: readonly Segment[], side: 'ours' | 'theirs'): number {
  return segments.reduce((total, segment) => total + (segment.kind === 'conflict' ? countLines(segment[side]) : 0), 0);
}

/** Null for bytes that are not UTF-8 or hold NUL: tokens mean nothing there. */
export function decode(bytes: string): string | null {
  if (bytes.includes('\0')) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return null;
  }
}
