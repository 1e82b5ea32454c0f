// Every way to answer a conflict, built as commits, and the conflict met once more. Gates nothing, asks nobody.
import { shortName } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Diff3Rule, Inverse } from '../../merge/effect.ts';
import type { Candidate, MergeRequest, OptionLetter } from '../../merge/request.ts';
import type { Alarm } from '../../consensus/escalation.ts';
import type { Answered, BuiltOption, Choice, ConflictText } from '../../port/git.ts';
import type { Conflict } from '../../resolution/conflict.ts';
import { backgroundOf } from './background.ts';
import { need, sidesOf } from './build.ts';
import type { BuildTools } from './build.ts';
import { fingerprintOf } from './conflict.ts';
import { dateOf } from './date.ts';
import { restore, undo } from './inverse.ts';
import { IDENTITY, mergeMessage } from './message.ts';
import { applyChoices, decode, plainChoices, TEXT_BYTES_MAX, textOf } from './settle.ts';
import type { Left } from './settle.ts';
import { shownPath } from './tree.ts';
import { unitsOf } from './unit.ts';
import type { Unit } from './unit.ts';

const PARTNERS_NAMED_MAX = 2;

/** What was asked; `inverses` as in the build that met the conflict. */
export type Asking = { readonly request: MergeRequest; readonly onto: Oid; readonly conflict: Conflict; readonly diff3: Diff3Rule; readonly inverses: readonly Inverse[] };

/** [A], [B], and [C] where diff3 settles every path; none when the commits no longer give this conflict. */
export async function buildOptions(asking: Asking, tools: BuildTools): Promise<readonly BuiltOption[]> {
  const { request, conflict } = asking;
  const met = await meet(asking, tools);
  if (met === null) return [];
  const letters: readonly OptionLetter[] = asking.diff3 === 'off' ? ['A', 'B'] : ['A', 'B', 'C'];
  const options = await Promise.all(letters.map(async (letter): Promise<readonly BuiltOption[]> => {
    const settled = await applyChoices(tools, met.left, plainChoices([letter]));
    return settled === null ? [] : [{ letter, title: titleOf(letter, request, conflict), commit: met.commit(settled.tree), tree: settled.tree, ledger: settled.ledger }];
  }));
  return options.flat();
}

/** One answer, path by path. */
export async function buildAnswer(asking: Omit<Asking, 'diff3'>, choices: readonly Choice[], tools: BuildTools): Promise<Answered | null> {
  const met = await meet(asking, tools);
  const settled = met === null ? null : await applyChoices(tools, met.left, choices.map(({ letter, take }) => ({ letter, source: take.kind === 'side' ? null : { kind: 'text', text: take.text, whole: take.kind === 'made' } })));
  return met === null || settled === null ? null : { commit: met.commit(settled.tree), tree: settled.tree, ledger: settled.ledger, applied: settled.applied };
}

/** The files of the conflict as texts, or why one is none. */
export async function conflictFiles(asking: Omit<Asking, 'diff3'>, tools: BuildTools): Promise<readonly ConflictText[]> {
  const met = await meet(asking, tools);
  if (met === null) return [];
  const background = await backgroundOf(tools, asking.onto, asking.request.tip, met.left.units.map((unit) => unit.path));
  return Promise.all(met.left.units.map(async (unit): Promise<ConflictText> => {
    const path = shownPath(unit.path);
    const text = await textOf(tools.reader, met.left.result, unit);
    if (text === null) return { kind: 'alarm', path, alarm: await whyNoText(tools.reader, unit) };
    const [before, ours, theirs] = [text.versions.base === null ? null : decode(text.versions.base), decode(text.versions.ours), decode(text.versions.theirs)];
    if (ours === null || theirs === null || (text.versions.base !== null && before === null)) return { kind: 'alarm', path, alarm: NO_TEXT };
    return { kind: 'text', file: { path, base: before, ours, theirs, ...background(unit.path) } };
  }));
}

const NO_TEXT: Alarm = { code: 'binary', why: 'holds bytes that are no text' };

async function whyNoText(reader: BuildTools['reader'], { kind, entries }: Unit): Promise<Alarm> {
  if (kind === 'binary') return NO_TEXT;
  if (kind !== 'content' && kind !== 'add/add') return { code: 'unread', why: `is a whole file to decide on, not lines (${kind})` };
  const sides = entries.flatMap((entry) => [entry.base, entry.ours, entry.theirs].flatMap((side) => side ?? []));
  const infos = await Promise.all(sides.map((side) => reader.info(side.oid)));
  return infos.some((info) => info !== null && info.bytes > TEXT_BYTES_MAX) ? { code: 'too-large', why: `is larger than ${TEXT_BYTES_MAX / 1024 / 1024} MiB` } : NO_TEXT;
}

/** The conflict as git leaves it now; null when the commits no longer give this one. */
async function meet({ request, onto, conflict, inverses }: Omit<Asking, 'diff3'>, tools: BuildTools): Promise<{ readonly left: Left; readonly commit: (tree: Oid) => Oid } | null> {
  const [before, tip] = await Promise.all([need(tools.reader, onto), need(tools.reader, request.tip)]);
  const left = await mergeOnce({ request, onto, conflict }, tools, async (attributes) => {
    const restored = await restore(tools, inverses, request.tip, onto, before.tree, attributes);
    return restored.kind === 'conflict' ? null : restored.tree;
  });
  const commit = (tree: Oid): Oid => tools.writer.commit({ tree, parents: [onto, request.tip], identity: IDENTITY, atMs: dateOf(request, [before, tip]), message: mergeMessage(request) });
  return left === null ? null : { left, commit };
}

/** The conflict as git left it in the merge that this candidate is; null where another merge came to it. */
export function meetAgain(request: MergeRequest, { onto, restores }: Pick<Candidate, 'onto' | 'restores'>, conflict: Conflict, tools: BuildTools): Promise<Left | null> {
  return mergeOnce({ request, onto, conflict }, tools, async (attributes, before) => {
    let tree = before;
    for (const revert of restores) {
      const undone = await undo(tools, revert, tree, attributes);
      if (undone.kind === 'conflict') return null;
      tree = undone.tree;
    }
    return tree;
  });
}

/** `startOf`: what the branch is merged into, by the attributes and the tree of `onto`: that tree with restored work in it. */
async function mergeOnce({ request, onto, conflict }: Pick<Asking, 'request' | 'onto' | 'conflict'>, tools: BuildTools, startOf: (attributes: string, tree: Oid) => Promise<Oid | null>): Promise<Left | null> {
  const before = await need(tools.reader, onto);
  const attributes = await tools.attributes.of(onto);
  if (attributes.kind === 'unusable') return null;
  const tree = await startOf(attributes.file, before.tree);
  if (tree === null) return null;
  const start = tree === before.tree ? onto : tools.writer.commit({ tree, parents: [onto], identity: IDENTITY, atMs: request.arrivedAtMs, message: 'restored' });
  const result = await tools.merger.merge(start, request.tip, attributes.file);
  if (result.kind === 'clean') return null;
  const sides = sidesOf(request, start);
  const units = unitsOf(result, sides);
  return fingerprintOf(units) === conflict.fingerprint ? { result, units, sides } : null;
}

function titleOf(letter: OptionLetter, request: MergeRequest, conflict: Conflict): string {
  const names = conflict.partners.map((partner) => partner.branch).filter((name) => name !== '').slice(0, PARTNERS_NAMED_MAX);
  switch (letter) {
    case 'A': return `Keep ${shortName(request.target)}'s side${names.length === 0 ? '' : ` (${names.join(', ')})`}`;
    case 'B': return `Take ${shortName(request.branch)}'s side`;
    case 'C': case 'D': case 'E': case 'F': return 'Keep both: they change different words of the same lines';
  }
}
