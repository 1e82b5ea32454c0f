// One voter's ballot, and how an untrusted answer becomes one. Whatever is not exactly a ballot is an abstention; knows no prompt and no model.
import { plainText } from './text.ts';

/** `o1`, `o2`, ... in the order given; `none` is reserved. */
export type OptionId = string;

export const NONE = 'none';

export type Ballot = {
  readonly voter: string;
  /** Voters of one family share weight: 'roles' evidence names or a model family, e.g. 'anthropic'. */
  readonly family: string;
  /** For every option and for 'none'; sums to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly veto: { readonly code: string; readonly why: string } | null;
  readonly reasons: readonly string[];
  readonly model: string | null;
  readonly comment: string;
};

export type Abstention = { readonly voter: string; readonly family: string; readonly why: string };

/** Who is being heard. `model` is the id the provider reported, whatever that is. */
export type Speaker = { readonly voter: string; readonly family: string; readonly model: string | null };

/** Names of the room's own voters (`role/`). They read facts, not sentences; nobody else may go by one of these names. */
export const ROLES = ['structure', 'sides', 'change', 'history', 'gates', 'ladder'] as const;
export type RoleName = (typeof ROLES)[number];

export function isRole(speaker: Speaker): boolean {
  return speaker.model === null && speaker.family === speaker.voter && ROLES.some((role) => role === speaker.voter);
}

export const REASONS_MAX = 8;
export const REASON_CHARS_MAX = 300;
export const COMMENT_CHARS_MAX = 500;
const VETO_CODE_CHARS_MAX = 40;
export const MODEL_CHARS_MAX = 120;
/** Models round; a sum further away than this is no distribution. */
const SUM_TOLERANCE = 0.05;
/** Bounds what an answer may make us read. */
const ENTRIES_MAX = 64;

/**
 * Reads `{ probabilities: { o1: 0.7, none: 0.3 }, veto?, reasons?, comment? }`; `probabilities` may also be a list of
 * `{ option, probability }`. Every option and `none` must be answered once with a number from 0 to 1.
 */
export function readBallot(raw: unknown, options: readonly OptionId[], speaker: Speaker): Ballot | Abstention {
  const abstain = (why: string): Abstention => ({ voter: speaker.voter, family: speaker.family, why });
  if (!isRecord(raw)) return abstain('the answer is no object');
  const entries = entriesOf(raw['probabilities']);
  if (typeof entries === 'string') return abstain(entries);
  const probabilities = distribution(entries, [...options, NONE]);
  if (typeof probabilities === 'string') return abstain(probabilities);
  const veto = vetoOf(raw['veto']);
  if (veto === 'unreadable') return abstain('the veto has no code');
  return {
    ...speaker, model: speaker.model === null ? null : plainText(speaker.model, MODEL_CHARS_MAX), probabilities, veto,
    reasons: reasonsOf(raw['reasons']),
    comment: typeof raw['comment'] === 'string' ? plainText(raw['comment'], COMMENT_CHARS_MAX) : '',
  };
}

export function isBallot(vote: Ballot | Abstention): vote is Ballot {
  return 'probabilities' in vote;
}

/** One vote a voter, by name. Who says two different things has said nothing; a vote delivered twice counts once. */
export function oneEach(votes: readonly (Ballot | Abstention)[]): readonly (Ballot | Abstention)[] {
  const heard = new Map<string, Ballot | Abstention>();
  for (const vote of votes) {
    const before = heard.get(vote.voter);
    const same = before === undefined || JSON.stringify(before) === JSON.stringify(vote);
    heard.set(vote.voter, same ? vote : { voter: vote.voter, family: vote.family, why: 'voted twice' });
  }
  return [...heard.values()].sort((a, b) => (a.voter < b.voter ? -1 : 1));
}

/** What the ballot holds most likely; several where it does not choose. */
export function favourites(ballot: Ballot): readonly OptionId[] {
  const top = Math.max(...Object.values(ballot.probabilities));
  return Object.keys(ballot.probabilities).filter((id) => (ballot.probabilities[id] ?? 0) >= top - TIE);
}

const TIE = 1e-9;

type Entry = readonly [option: unknown, probability: unknown];

function entriesOf(raw: unknown): readonly Entry[] | string {
  if (Array.isArray(raw)) {
    if (raw.length > ENTRIES_MAX) return 'too many probabilities';
    return raw.map((one: unknown): Entry => isRecord(one) ? [one['option'], one['probability']] : [null, null]);
  }
  if (!isRecord(raw)) return 'there are no probabilities';
  const entries = Object.entries(raw);
  return entries.length > ENTRIES_MAX ? 'too many probabilities' : entries;
}

/** Option to probability, summing to 1; or why not. */
function distribution(entries: readonly Entry[], asked: readonly OptionId[]): Readonly<Record<string, number>> | string {
  const found = new Map<string, number>();
  for (const [option, probability] of entries) {
    if (typeof option !== 'string' || !asked.includes(option)) return 'an option that was not asked';
    if (found.has(option)) return `${option} is answered twice`;
    if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1)) return `the probability of ${option} is no number from 0 to 1`;
    found.set(option, probability);
  }
  const missing = asked.find((option) => !found.has(option));
  if (missing !== undefined) return `${missing} is not answered`;
  const sum = [...found.values()].reduce((total, one) => total + one, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE) return 'the probabilities do not sum to 1';
  return Object.fromEntries([...found].map(([option, probability]) => [option, probability / sum]));
}

function vetoOf(raw: unknown): Ballot['veto'] | 'unreadable' {
  if (raw === undefined || raw === null) return null;
  if (!isRecord(raw) || typeof raw['code'] !== 'string' || raw['code'].trim() === '') return 'unreadable';
  const why = typeof raw['why'] === 'string' ? raw['why'] : '';
  return { code: plainText(raw['code'], VETO_CODE_CHARS_MAX), why: plainText(why, REASON_CHARS_MAX) };
}

function reasonsOf(raw: unknown): readonly string[] {
  if (!Array.isArray(raw)) return [];
  const texts = raw.slice(0, REASONS_MAX).filter((one: unknown) => typeof one === 'string');
  return texts.map((text) => plainText(text, REASON_CHARS_MAX)).filter((text) => text !== '');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
