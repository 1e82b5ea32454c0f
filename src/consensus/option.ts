// An option as the room sees it: one verified way out of one conflicted file, with everything that was found out about it.
import type { ConflictFile } from '../resolution/conflict-file.ts';
import type { LineLedger } from '../resolution/line-ledger.ts';
import type { Outline } from '../resolution/syntax.ts';
import type { OptionId } from './ballot.ts';

/** The gate on exactly the tree with this option in it, as a delta: red that was red before is not this option's. */
export type GateVerdict = 'passed' | 'failed' | 'not-run';

/** Something verification holds against an option. A hard one (does not parse, left markers) takes it out of the choice. */
export type Objection = { readonly code: string; readonly text: string; readonly hard: boolean };

/** What the room asks of an outline: does it parse, and which definitions stand in it. */
export type Shape = { readonly errorCount: number; readonly entities: readonly Pick<Outline['entities'][number], 'key'>[] };

export type Option = {
  readonly id: OptionId;
  readonly text: string;
  /** Hash of the text, or of the tree with it in. */
  readonly fingerprint: string;
  /** What it puts into the hunks, by `likeness.ts`: equal where only the lines around them differ. */
  readonly filling: string;
  /** What built it, e.g. `union`; `model:<id>` where a model wrote it. */
  readonly rung: string;
  /** The ladder's calibrated chance that people would commit this, 0 to 1. */
  readonly probability: number;
  readonly ledger: LineLedger;
  readonly objections: readonly Objection[];
  readonly gate: GateVerdict;
  /** Hash over the outcome of every single test, both sides' tests among them; null where a gate says only green or red. */
  readonly behaviour: string | null;
  readonly shape: Shape | null;
};

/** One conflicted file before the room. */
export type Case = {
  readonly file: ConflictFile;
  /** E.g. `both-added .ts`: records and calibration are kept by class. */
  readonly conflictClass: string;
  /** Of its hunks, by `likeness.ts`; '' where there is none. */
  readonly hunks: string;
  readonly shapes: { readonly ours: Shape | null; readonly theirs: Shape | null };
  readonly options: readonly Option[];
  /** What a person, or a merge that survived, chose for the same hunks before; null when nobody did. */
  readonly precedent: Precedent | null;
};

export type Precedent = { readonly fingerprint: string; readonly rung: string; readonly by: 'person' | 'survived'; /** Its lesson's id. */ readonly lesson: string };

/** Bounds what any voter has to read. */
export const OPTIONS_MAX = 24;

/** May still be chosen. */
export function isOpen(option: Option): boolean {
  return option.gate !== 'failed' && !option.objections.some((objection) => objection.hard);
}

/** Equal texts and equal behaviour are one option: the most probable speaks for all, with the probabilities of all. */
export function clustered(options: readonly Option[]): readonly Option[] {
  const clusters: Option[] = [];
  for (const option of [...options].sort(byProbability)) {
    const at = clusters.findIndex((one) => one.fingerprint === option.fingerprint || sameBehaviour(one, option));
    const twin = clusters[at];
    if (twin === undefined) clusters.push(option);
    else clusters[at] = { ...twin, probability: Math.min(1, twin.probability + option.probability) };
  }
  return clusters.sort(byProbability).slice(0, OPTIONS_MAX);
}

function sameBehaviour(one: Option, other: Option): boolean {
  return one.behaviour !== null && one.behaviour === other.behaviour;
}

/** Ties by fingerprint: the order in which options arrive decides nothing. */
function byProbability(one: Option, other: Option): number {
  return other.probability - one.probability || (one.fingerprint < other.fingerprint ? -1 : 1);
}
