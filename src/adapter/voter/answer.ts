// The shapes voters are asked for, and what of an answer is taken: only what repeats the fence of its own prompt.
import { z } from 'zod';
import { readBallot, type Abstention, type Ballot, type Speaker } from '../../consensus/ballot.ts';
import type { VoterHunk } from '../../port/voter.ts';
import type { Prompt } from './prompt.ts';

/** Without bounds: not every provider takes them in a schema, and they are held afterwards. */
export const voteShape = z.object({
  fence: z.string(),
  probabilities: z.array(z.object({ option: z.string(), probability: z.number() })),
  veto: z.object({ code: z.string(), why: z.string() }).nullable(),
  reasons: z.array(z.string()),
  comment: z.string(),
});

export const proposalShape = z.object({ fence: z.string(), hunks: z.array(z.string()) });

const answering = z.looseObject({ fence: z.string() });

/** Text that merely quotes the question's data does not know the fence. */
export function answersPrompt(value: unknown, prompt: Prompt): boolean {
  const parsed = answering.safeParse(value);
  return parsed.success && parsed.data.fence === prompt.fence;
}

/** In the names of the prompt: `unmask` gives the options theirs again. */
export function readVote(value: unknown, prompt: Prompt, speaker: Speaker): Ballot | Abstention {
  if (answersPrompt(value, prompt)) return readBallot(value, prompt.labels, speaker);
  return { voter: speaker.voter, family: speaker.family, why: 'the answer does not repeat the fence' };
}

export const HUNK_CHARS_MAX = 20_000;

/** A text for each hunk; null when one is missing, far too long, or no text of a source file. */
export function readProposal(value: unknown, prompt: Prompt, hunks: readonly VoterHunk[]): readonly string[] | null {
  const parsed = proposalShape.safeParse(value);
  if (!parsed.success || parsed.data.fence !== prompt.fence || parsed.data.hunks.length !== hunks.length) return null;
  const texts = parsed.data.hunks;
  if (texts.some((text) => text.length > HUNK_CHARS_MAX || UNFIT.test(text) || text.includes(prompt.fence))) return null;
  return hunks.map((hunk, at) => withEndsOf(hunk, texts[at] ?? ''));
}

/** Line ends are the file's, not the voter's: prompts show none of Windows, and models forget the last one. */
function withEndsOf({ left, right }: VoterHunk, text: string): string {
  const sides = [left, right].filter((side) => side !== '');
  const isClosed = text === '' || text.endsWith('\n') || sides.some((side) => !side.endsWith('\n'));
  const unix = `${text.replaceAll('\r\n', '\n')}${isClosed ? '' : '\n'}`;
  const isWindows = sides.length > 0 && sides.every((side) => side.includes('\r\n') && !/(?<!\r)\n/.test(side));
  return isWindows ? unix.replaceAll('\n', '\r\n') : unix;
}

// oxlint-disable-next-line no-control-regex -- NUL, and markers of a conflict that was left
const UNFIT = /^(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)|\0/m;
