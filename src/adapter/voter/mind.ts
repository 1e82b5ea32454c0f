// One voter, whatever answers behind it: what may be sent, in both orders, within the budget, and what an answer counts for.
// Knows no HTTP and no process.
import type { Abstention, Ballot } from '../../consensus/ballot.ts';
import { bothOrders, presentations, unmask, type Presentation } from '../../consensus/order.ts';
import type { Voter, VoterQuestion } from '../../port/voter.ts';
import { readProposal, readVote } from './answer.ts';
import type { Purse } from './budget.ts';
import { promptFor, type Prompt, type Task } from './prompt.ts';
import { secretIn } from './secret.ts';

/** Closed list: why nothing was heard of a voter. What an answer lacks is said by the room that reads it. */
export type Silence =
  | 'secret'             // the question holds one: nothing was sent
  | 'too-large'          // the question does not fit: nothing was sent
  | 'budget'             // the day's is spent: nothing was sent
  | 'timeout'
  | 'aborted'
  | 'unreachable'
  | 'rate-limited'
  | 'unavailable'        // the provider's own trouble, 5xx
  | 'refused'            // the provider does not take it: key, model, content
  | 'no-answer'          // nothing that has the shape of one
  | 'answer-too-large'
  | 'failed';            // the command ended badly, or something broke here

/** `value`: JSON, not looked at yet. `tokens`: what it cost, null where nobody counts. `model`: as the provider named it. `unread`: nobody can have read the question, so it cost no tokens. */
export type Reply =
  | { readonly kind: 'answer'; readonly value: unknown; readonly tokens: number | null; readonly model: string | null }
  | { readonly kind: 'silence'; readonly why: Silence; readonly unread?: true };

/** Has to end soon after `signal` fires. */
export type Ask = (prompt: Prompt, signal: AbortSignal) => Promise<Reply>;

export type Mind = { readonly name: string; readonly family: string; readonly timeoutMs: number; readonly ask: Ask };

/** `drawFence`: a text nobody can guess, another at each call. */
export type MindTools = { readonly budget: Purse; readonly nowMs: () => number; readonly drawFence: () => string };

export function mindVoter(mind: Mind, tools: MindTools): Voter {
  const { name, family } = mind;
  const abstain = (why: Silence): Abstention => ({ voter: name, family, why });
  return {
    name,
    family,
    vote: async (question, signal) => {
      const orders = presentations(question.options.map((option) => option.id), question.id, name);
      const replies = await askAll(mind, tools, 'vote', question, orders, signal);
      if (typeof replies === 'string') return abstain(replies);
      const [forwards, backwards] = replies.map((reply) => voteOf(mind, reply));
      return forwards === undefined || backwards === undefined ? abstain('failed') : bothOrders(forwards, backwards);
    },
    propose: async (question, signal) => {
      const replies = await askAll(mind, tools, 'propose', question, [{ shown: question.options.map((option) => option.id) }], signal);
      const [reply] = typeof replies === 'string' ? [] : replies;
      return reply === undefined ? null : readProposal(reply.value, reply.prompt, question.hunks);
    },
  };
}

type Answered = { readonly prompt: Prompt; readonly presentation: Presentation; readonly value: unknown; readonly model: string | null };

function voteOf({ name, family }: Mind, { value, prompt, presentation, model }: Answered): Ballot | Abstention {
  return unmask(readVote(value, prompt, { voter: name, family, model }), presentation);
}

/** All answers, or the first silence. Never throws: also a budget that cannot be kept is one that is spent. */
async function askAll(...asked: Parameters<typeof ask>): Promise<readonly Answered[] | Silence> {
  try {
    return await ask(...asked);
  } catch {
    return 'failed';
  }
}

async function ask(mind: Mind, tools: MindTools, task: Task, question: VoterQuestion, orders: readonly Presentation[], signal: AbortSignal): Promise<readonly Answered[] | Silence> {
  if (secretIn(question) !== null) return 'secret';
  const prompts = orders.flatMap((presentation) => {
    const prompt = writePrompt(task, question, presentation, tools);
    return prompt === null ? [] : [{ presentation, prompt, tokens: estimatedTokens(prompt) }];
  });
  if (prompts.length < orders.length) return 'too-large';
  const tokens = prompts.reduce((sum, one) => sum + one.tokens, 0);
  if (!tools.budget.take(prompts.length, tokens, tools.nowMs())) return 'budget';
  const answered: Answered[] = [];
  for (const { presentation, prompt, reply } of await Promise.all(prompts.map(async (one) => ({ ...one, reply: await askOnce(mind, tools, one, signal) })))) {
    if (reply.kind === 'silence') return reply.why;
    answered.push({ prompt, presentation, value: reply.value, model: reply.model });
  }
  return answered;
}

const FENCE_DRAWS_MAX = 3;

function writePrompt(task: Task, question: VoterQuestion, presentation: Presentation, tools: MindTools): Prompt | null {
  for (let draw = 0; draw < FENCE_DRAWS_MAX; draw += 1) {
    const prompt = promptFor(task, question, tools.drawFence(), presentation);
    if (prompt.kind === 'prompt') return prompt;
    if (prompt.why === 'too-large') return null;
  }
  return null;
}

async function askOnce(mind: Mind, tools: MindTools, { prompt, tokens }: { readonly prompt: Prompt; readonly tokens: number }, signal: AbortSignal): Promise<Reply> {
  const deadline = AbortSignal.timeout(mind.timeoutMs);
  const silence = (why: Silence): Reply => ({ kind: 'silence', why: signal.aborted ? 'aborted' : deadline.aborted ? 'timeout' : why });
  try {
    const reply = await mind.ask(prompt, AbortSignal.any([signal, deadline]));
    const used = reply.kind === 'answer' ? reply.tokens : reply.unread === true ? 0 : null;
    if (used !== null) tools.budget.settle(tokens, used, tools.nowMs());
    return reply.kind === 'answer' ? reply : silence(reply.why);
  } catch {
    // What it says may quote the question or a key: only that it failed is told.
    return silence('failed');
  }
}

// Room to think in: what is not used is given back to the budget.
const VOTE_TOKENS_MAX = 8_000;
const PROPOSAL_TOKENS_MAX = 16_000;

export function answerTokensMax(task: Task): number {
  return task === 'vote' ? VOTE_TOKENS_MAX : PROPOSAL_TOKENS_MAX;
}

/** Few, so that an estimate errs towards stopping early. */
const CHARS_PER_TOKEN = 3;

function estimatedTokens(prompt: Prompt): number {
  return Math.ceil((prompt.system.length + prompt.user.length) / CHARS_PER_TOKEN) + answerTokensMax(prompt.task);
}
