// The rounds as a person reads them, in the seed's words. Lines of plain text: whoever shows them adds colour or Markdown.
import { NONE, favourites, isBallot, type Abstention, type Ballot, type OptionId } from './ballot.ts';
import type { Escalation } from './escalation.ts';
import { plainText } from './text.ts';

/** A round that was held: what was new in it, who said what, and how sure the room was then. */
export type HeldRound = { readonly round: number; readonly evidence: readonly string[]; readonly votes: readonly (Ballot | Abstention)[]; readonly confidence: number; /** That is how sure it was that none of them fits. */ readonly none?: boolean };

export type Ending = { readonly kind: 'settled'; readonly option: OptionId } | { readonly kind: 'person'; readonly escalation: Escalation } | { readonly kind: 'open' };

/** How voters and options are called here: `{ ladder: 'Apollo' }`, `{ o1: 'A' }`. Whoever is not in it keeps its name. */
export type Names = { readonly voters: Readonly<Record<string, string>>; readonly options: Readonly<Record<OptionId, string>> };

const LINE_CHARS_MAX = 240;

export function transcriptLines(rounds: readonly HeldRound[], ending: Ending, threshold: number, names: Names): readonly string[] {
  const told = rounds.flatMap((held, at) => roundLines(held, rounds[at - 1] ?? null, at === rounds.length - 1 && ending.kind === 'settled', threshold, names));
  return [...told, ...endLines(ending, rounds.at(-1)?.votes ?? [], names)].map((line) => plainText(line, LINE_CHARS_MAX));
}

function roundLines(held: HeldRound, before: HeldRound | null, settled: boolean, threshold: number, names: Names): readonly string[] {
  const saidBefore = new Set(before === null ? [] : votesTold(before, names));
  const said = votesTold(held, names);
  const fresh = said.filter((line) => !saidBefore.has(line));
  return [
    `Round ${held.round}`,
    ...held.evidence.map((sentence) => `New: ${withNames(sentence, names)}`),
    ...fresh,
    ...repeated(said.length - fresh.length, said.length),
    confidenceLine(held, settled, threshold),
  ];
}

function votesTold({ votes }: HeldRound, names: Names): readonly string[] {
  return votes.map((vote) => `[${voterName(vote.voter, names)}]: ${sentenceOf(vote, names)}`);
}

/** Who says the same again is counted, not quoted. */
function repeated(same: number, all: number): readonly string[] {
  if (same === 0) return [];
  return [same === all ? 'All say what they said before' : `${same} of ${all} say what they said before`];
}

/** Rounded down, so that 84.9% is never shown as the 85% that would have settled it. */
function confidenceLine({ confidence, none = false }: HeldRound, settled: boolean, threshold: number): string {
  const measure = none ? 'that none of them fits' : confidence < threshold ? 'below threshold' : settled ? 'above threshold' : 'above threshold, but not settled';
  return `Confidence: ${Math.floor(100 * confidence + 1e-9)}% (${measure})`;
}

function sentenceOf(vote: Ballot | Abstention, names: Names): string {
  if (!isBallot(vote)) return `abstains: ${Object.hasOwn(SILENCE, vote.why) ? SILENCE[vote.why] : vote.why}`;
  if (vote.veto !== null) return `objects (${vote.veto.code}): ${withNames(vote.veto.why, names)}`;
  const liked = favourites(vote);
  // What it says of what it wants tells more than what it says of the others.
  const reason = vote.reasons.find((one) => liked.some((id) => one.startsWith(`${id} `))) ?? vote.reasons[0];
  const wanted = likedWords(liked, names);
  if (reason === undefined) return liked.includes(NONE) ? wanted : `prefers ${wanted}`;
  // A reason that speaks of one option says nothing of who likes several, another, or none.
  return liked.length === 1 && reason.startsWith(`${liked[0]} `) ? withNames(reason, names) : `${wanted}; ${withNames(reason, names)}`;
}

const LIKED_NAMED_MAX = 3;

/** `A`, `A or B`, `A, B, C or 2 more`. */
function likedWords(ids: readonly OptionId[], names: Names): string {
  const all = ids.map((id) => id === NONE ? 'none of them' : optionName(id, names)).sort();
  const rest = all.length - LIKED_NAMED_MAX;
  const named = rest > 0 ? [...all.slice(0, LIKED_NAMED_MAX), `${rest} more`] : all;
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`;
}

/** Why nothing was heard of somebody outside, as `adapter/voter` names it. */
const SILENCE: Readonly<Record<string, string>> = {
  'deadline': 'did not answer in time',
  'timeout': 'did not answer in time',
  'aborted': 'was not heard out',
  'unreachable': 'could not be reached',
  'rate-limited': 'is asked too often, its provider says',
  'unavailable': 'its provider has trouble',
  'refused': 'its provider refuses: key, model or content',
  'no-answer': 'gave no answer that could be read',
  'answer-too-large': 'gave far too long an answer',
  'failed': 'failed',
  'budget': 'what voters may cost today is spent',
  'too-large': 'was not asked: there is too much to read',
  'secret': 'was not asked: there seems to be a secret in it',
};

function endLines(ending: Ending, votes: HeldRound['votes'], names: Names): readonly string[] {
  switch (ending.kind) {
    case 'open': return [];
    case 'settled': return [`Agreed on ${optionName(ending.option, names)}`];
    case 'person': return [...votesLine(ending.escalation, votes, names), `Asking a person (${ending.escalation.type}): ${withNames(ending.escalation.why, names)}`];
  }
}

/** `Vote: 3 for A, 2 for B, 1 undecided, 2 abstain`: each voter once. */
function votesLine({ choices, abstained }: Escalation, votes: HeldRound['votes'], names: Names): readonly string[] {
  if (choices.length === 0) return [];
  const liked = votes.filter(isBallot).map(favourites);
  const alone = liked.filter((ids) => ids.length === 1).flat();
  const parts: readonly (readonly [number, string])[] = [
    ...choices.map((choice) => [choice.votes, `for ${optionName(choice.option, names)}`] as const),
    [alone.filter((id) => id !== NONE && !choices.some((choice) => choice.option === id)).length, 'for another'],
    [alone.filter((id) => id === NONE).length, 'for none of them'],
    [liked.length - alone.length, 'undecided'],
    [abstained, 'abstain'],
  ];
  return [`Vote: ${parts.filter(([voters]) => voters > 0).map((part) => part.join(' ')).join(', ')}`];
}

function withNames(text: string, names: Names): string {
  return text.replaceAll(/\bo\d{1,3}\b/g, (id) => optionName(id, names));
}

function optionName(id: OptionId, names: Names): string {
  return Object.hasOwn(names.options, id) ? names.options[id] ?? id : id;
}

function voterName(voter: string, names: Names): string {
  return plainText(Object.hasOwn(names.voters, voter) ? names.voters[voter] ?? voter : voter, LINE_CHARS_MAX);
}
