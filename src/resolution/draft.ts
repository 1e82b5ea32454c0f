// All texts a file may be resolved to: the likeliest fillings of its hunks, and merges of the whole file by structure.
import { balanceOf } from './candidate.ts';
import { OPTIONS_MAX } from './conflict-file.ts';
import { bare, bareKey, linesOf } from './line.ts';
import { mergedSinceParting } from './earlier.ts';
import { doubledIn } from './feature-option.ts';
import type { Draft, OptionContext } from './feature-option.ts';
import type { FileView } from './feature-file.ts';
import type { Filling } from './filling.ts';
import { FILLINGS_MAX, fillingBy, fillingsAcross, keyOf, likeliest, piecesOf, textOf } from './filling.ts';
import type { Lessons } from './lesson.ts';
import type { RankedHunk } from './rank.ts';
import { endsOf } from './line-end.ts';
import { structuralCandidates } from './structural.ts';
import type { Outline, Parser } from './syntax.ts';

const STRUCTURAL_MAX = 8;
/** Merged from what both sides had last, later than the base. */
const PARTED = 'parted';
export const WHOLE_OURS = 'whole-ours';
export const WHOLE_THEIRS = 'whole-theirs';
/** Parsing is what costs: only the likeliest are parsed. */
const PARSED_MAX = 4;
const PARSED_CHARS_MAX = 120_000;

/** `stays`: on offer however unlikely. */
type Making = { text: string; key: string; filling: Draft['filling']; rank: number; structural: string[]; stays: boolean };

export type Drafts = { readonly drafts: readonly Draft[]; readonly context: OptionContext };

export function draftsOf(view: FileView, hunks: readonly RankedHunk[], grammar: Parser | null, lessons: Lessons | null): Drafts {
  const parser = remembering(grammar);
  const fillings = likeliest(hunks);
  const found = new Map<string, Making>();
  const offer = (filling: Filling | null, stays: boolean): void => {
    if (filling === null) return;
    const pieces = piecesOf(view, hunks, filling);
    const key = keyOf(pieces);
    const known = found.get(key);
    if (known === undefined) found.set(key, { text: textOf(pieces), key, filling, rank: found.size, structural: [], stays });
    else known.stays ||= stays;
  };
  // What was taken for the same hunks before comes first, and both sides last.
  const replayed = fillingBy(hunks, 'replayed');
  offer(replayed, true);
  for (const filling of fillings) offer(filling, false);
  for (const filling of [...fillingsAcross(hunks), fillingBy(hunks, 'ours'), fillingBy(hunks, 'theirs')]) offer(filling, true);
  const structural = structuralCandidates(view.file, parser).slice(0, STRUCTURAL_MAX);
  const since = view.earlier === null ? null : mergedSinceParting(view.earlier, view.file);
  // Now and then people take one side of the file as it is, and leave what git had merged of the other.
  for (const { rule, text } of [...since === null ? [] : [{ rule: PARTED, text: since }], ...structural, { rule: WHOLE_OURS, text: view.file.ours }, { rule: WHOLE_THEIRS, text: view.file.theirs }]) {
    const key = bareKey(linesOf(text));
    const known = found.get(key);
    if (known === undefined) found.set(key, { text, key, filling: null, rank: FILLINGS_MAX, structural: [rule], stays: true });
    else known.structural.push(rule);
  }
  const chosen = shortlist([...found.values()]);
  const errorsIn = (text: string): number | null => text.length > PARSED_CHARS_MAX ? null : parser?.outline(view.file.path, text)?.errorCount ?? null;
  const sideErrors = [errorsIn(view.file.ours), errorsIn(view.file.theirs)];
  const [left, right] = sideErrors;
  const ended = endsOf(view.file);
  const drafts = chosen.map(({ text, ...draft }) => ({ ...draft, text: ended(text) })).map((draft, at): Draft => ({ ...draft, syntaxErrors: at < PARSED_MAX || draft.filling === null ? errorsIn(draft.text) : null }));
  return {
    drafts,
    context: { replayed: replayed === null ? null : keyOf(piecesOf(view, hunks, replayed)), view, hunks, best: fillings[0]?.logChance ?? 0, agreed: agreedOf(view), lessons, structuralDrafts: structural.length, sideErrors: left === null || right === null || left === undefined || right === undefined ? null : Math.min(left, right) },
  };
}

function agreedOf(view: FileView): OptionContext['agreed'] {
  const lines = view.regions.flatMap((region) => region.kind === 'stable' ? region.lines : []);
  return { doubled: doubledIn(lines.map(bare)), balance: balanceOf(lines) };
}

/** Those that stay, and the likeliest others there is room for. */
function shortlist(all: readonly Making[]): readonly Making[] {
  const others = all.filter(({ stays }) => !stays);
  const room = Math.max(0, OPTIONS_MAX - (all.length - others.length));
  const left = new Set(others.slice(room));
  return all.filter((draft) => !left.has(draft));
}

/** The same texts are asked about by structure and here. */
function remembering(parser: Parser | null): Parser | null {
  if (parser === null) return null;
  const known = new Map<string, Outline | null>();
  return {
    outline(path, text) {
      const before = known.get(text);
      if (before !== undefined) return before;
      const outline = parser.outline(path, text);
      known.set(text, outline);
      return outline;
    },
  };
}
