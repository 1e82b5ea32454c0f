// Voters that say what was written down for them: for tests, and for the story of the demo. As powerless as any other.
import { z } from 'zod';
import { NONE, readBallot } from '../../consensus/ballot.ts';
import { MaestroError } from '../../error.ts';
import type { Voter, VoterQuestion } from '../../port/voter.ts';

const answer = z.strictObject({
  /** Left out: every path, every round. */
  path: z.string().optional(),
  round: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
  /** An id, `none`, or a text that only the option meant contains. */
  prefers: z.string().optional(),
  /** What the preferred one gets; the others share the rest. */
  probability: z.number().min(0).max(1).optional(),
  veto: z.strictObject({ code: z.string(), why: z.string() }).optional(),
  reasons: z.array(z.string()).optional(),
  comment: z.string().optional(),
  abstains: z.string().optional(),
  proposes: z.array(z.string()).optional(),
});

const script = z.strictObject({ voters: z.array(z.strictObject({ name: z.string(), family: z.string(), answers: z.array(answer) })) });

export type Answer = z.infer<typeof answer>;
export type Script = z.infer<typeof script>['voters'][number];

const PROBABILITY_DEFAULT = 0.9;

/** The voters of a JSON file `{ "voters": [{ name, family, answers: [...] }] }`. Throws MaestroError `usage` where it is none. */
export function readScript(json: string): readonly Voter[] {
  try {
    return script.parse(JSON.parse(json)).voters.map(scriptedVoter);
  } catch (error) {
    throw new MaestroError('usage', 'the script of voters is not readable', { cause: error, next: 'write { "voters": [{ "name": "ada", "family": "scripted", "answers": [{ "prefers": "o1" }] }] }' });
  }
}

/** The first answer that fits the question's path and round is the one. */
export function scriptedVoter({ name, family, answers }: Script): Voter {
  const answerTo = (question: VoterQuestion): Answer | undefined =>
    answers.find((one) => (one.path ?? question.path) === question.path && (one.round ?? question.round) === question.round);
  return {
    name,
    family,
    vote: async (question) => {
      const said = answerTo(question);
      if (said === undefined || said.abstains !== undefined) return { voter: name, family, why: said?.abstains ?? 'nothing was written down for it' };
      return readBallot({ ...said, probabilities: probabilitiesOf(said, question) }, question.options.map((option) => option.id), { voter: name, family, model: null });
    },
    propose: async (question) => answerTo(question)?.proposes ?? null,
  };
}

function probabilitiesOf({ prefers = NONE, probability = PROBABILITY_DEFAULT }: Answer, question: VoterQuestion): Record<string, number> {
  const ids = [...question.options.map((option) => option.id), NONE];
  const containing = question.options.find((option) => option.text.includes(prefers));
  const best = ids.includes(prefers) ? prefers : containing?.id ?? NONE;
  return Object.fromEntries(ids.map((id) => [id, id === best ? probability : (1 - probability) / Math.max(1, ids.length - 1)]));
}
