// A conflict as git left it, gathered into units: the entries that only make sense decided together. Paths are bytes as latin1; knows no process.
import type { Oid } from '../../merge/branch.ts';
import type { ConflictKind, Side } from '../../resolution/conflict.ts';
import type { MergeMessage, MergeResult, Stage } from './merge-output.ts';
import { MODE_SUBMODULE, MODE_SYMLINK, shownPath } from './tree.ts';

export type Conflicted = Extract<MergeResult, { kind: 'conflict' }>;

/** The two commits that were merged, and what people call them. */
export type Sides = { readonly ours: Oid; readonly theirs: Oid; readonly oursName: string; readonly theirsName: string };

/** One path git could not settle; `written` is where git put it meanwhile, e.g. `a~<commit>` beside a folder `a`. */
export type UnitEntry = { readonly path: string; readonly written: string; readonly base: Side | null; readonly ours: Side | null; readonly theirs: Side | null };

export type Unit = {
  /** The entry people are shown. */
  readonly path: string;
  readonly kind: ConflictKind;
  readonly entries: readonly UnitEntry[];
  /** Only for `directory-rename`: where the added file would go for the side that renamed, and where the other side put it. */
  readonly move: { readonly to: string; readonly from: string } | null;
  readonly message: string;
  /** Every path git's own words name, also where a file was before it was renamed. */
  readonly named: readonly string[];
};

/** Sorted by path, so that one letter per unit means the same every time. */
export function unitsOf(result: Conflicted, sides: Sides): readonly Unit[] {
  const conflicts = result.messages.filter((message) => message.kind.startsWith('CONFLICT'));
  const groupOf = groupsByPath([...result.stages.map((stage) => [stage.path]), ...conflicts.map((message) => message.paths)]);
  const stagesOf = Map.groupBy(result.stages, (stage) => groupOf.get(stage.path));
  // All paths of a message are in one group.
  const messagesOf = Map.groupBy(conflicts, (message) => groupOf.get(message.paths[0] ?? ''));
  const units = [...new Set(groupOf.values())].map((group) => unitOf(stagesOf.get(group) ?? [], messagesOf.get(group) ?? [], sides));
  return units.toSorted((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/** Every path an answer to these units may change. One that ends in a slash stands for all below it: where a file wins against a folder, the folder goes. */
export function openPaths(units: readonly Unit[]): readonly string[] {
  return units.flatMap((unit) => [
    ...unit.entries.flatMap(({ path, written }) => unit.kind === 'file/directory' ? [path, written, `${path}/`] : [path, written]),
    ...(unit.move === null ? [] : [unit.move.to, unit.move.from]),
  ]);
}

/** Whether `path` is among `open`, or below one of its folders. */
export function openTest(open: readonly string[]): (path: string) => boolean {
  const exact = new Set(open);
  const folders = open.filter((path) => path.endsWith('/'));
  return (path) => exact.has(path) || folders.some((folder) => path.startsWith(folder));
}

function unitOf(stages: readonly Stage[], messages: readonly MergeMessage[], sides: Sides): Unit {
  const entries = [...new Set(stages.map((stage) => stage.path))].map((written) => entryOf(written, stages, sides));
  const kind = kindOf(entries, messages);
  const telling = messages.find((message) => !message.kind.includes('contents')) ?? messages[0];
  const [to = '', from = ''] = telling?.paths ?? [];
  const isMove = telling?.kind === 'CONFLICT (directory rename suggested)' && from !== '';
  return {
    path: entries.length === 1 || telling === undefined ? entries[0]?.path ?? plainPath(to, sides) : plainPath(to, sides),
    kind, entries,
    move: isMove ? { to, from } : null,
    message: sentence(telling?.text ?? '', sides),
    named: [...new Set(messages.flatMap((message) => message.paths))],
  };
}

function entryOf(written: string, stages: readonly Stage[], sides: Sides): UnitEntry {
  const side = (wanted: 1 | 2 | 3): Side | null => {
    const found = stages.find((stage) => stage.path === written && stage.stage === wanted);
    return found === undefined ? null : { mode: found.mode, oid: found.oid };
  };
  return { path: plainPath(written, sides), written, base: side(1), ours: side(2), theirs: side(3) };
}

const KINDS: readonly (readonly [RegExp, ConflictKind])[] = [
  [/submodule/, 'submodule'],
  [/rename\/rename/, 'rename/rename'],
  [/rename\/delete/, 'rename/delete'],
  [/rename involved in collision|rename\/add/, 'rename/add'],
  [/directory rename/, 'directory-rename'],
  [/file\/directory/, 'file/directory'],
];

function kindOf(entries: readonly UnitEntry[], messages: readonly MergeMessage[]): ConflictKind {
  const present = entries.flatMap((entry) => [entry.base, entry.ours, entry.theirs].flatMap((side) => side ?? []));
  if (present.some((side) => side.mode === MODE_SUBMODULE)) return 'submodule';
  const named = KINDS.find(([words]) => messages.some((message) => words.test(message.kind)));
  if (named !== undefined) return named[1];
  if (present.some((side) => side.mode === MODE_SYMLINK)) return 'symlink';
  if (messages.some((message) => message.kind === 'CONFLICT (modify/delete)')) return 'modify/delete';
  if (messages.some((message) => message.kind === 'CONFLICT (binary)')) return 'binary';
  const [entry] = entries;
  if (entry === undefined || entry.ours === null || entry.theirs === null) return 'other';
  if (entry.ours.oid === entry.theirs.oid) return 'mode';
  return entry.base === null ? 'add/add' : 'content';
}

/** Paths named together belong together; lists that share a path are one group. */
function groupsByPath(lists: readonly (readonly string[])[]): ReadonlyMap<string, ReadonlySet<string>> {
  const groupOf = new Map<string, ReadonlySet<string>>();
  for (const paths of lists) {
    const joined = new Set(paths);
    for (const path of paths) for (const other of groupOf.get(path) ?? []) joined.add(other);
    for (const path of joined) groupOf.set(path, joined);
  }
  return groupOf;
}

/** `a~<commit>` (and `a~<commit>_0`) is git's way out when two things want the name `a`. */
function plainPath(path: string, sides: Sides): string {
  const tilde = path.lastIndexOf('~');
  const id = tilde === -1 ? '' : path.slice(tilde + 1).replace(/_\d+$/, '');
  return id === sides.ours || id === sides.theirs ? path.slice(0, tilde) : path;
}

function sentence(text: string, sides: Sides): string {
  return shownPath(text).replaceAll(`~${sides.ours}`, '').replaceAll(`~${sides.theirs}`, '').replaceAll(sides.ours, sides.oursName).replaceAll(sides.theirs, sides.theirsName);
}
