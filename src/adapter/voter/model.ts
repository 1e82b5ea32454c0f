// Asks a model through the AI SDK: Anthropic, or whatever speaks OpenAI's chat shape. No tools, one answer, one try.
// The SDK is loaded with the first question, so that a start never waits for it.
import { proposalShape, voteShape } from './answer.ts';
import { answerIn } from './answer-text.ts';
import { boundedFetch, type BoundedFetch } from './bounded-fetch.ts';
import { answerTokensMax, type Ask, type Reply, type Silence } from './mind.ts';
import { OPENAI_URL } from './permission.ts';
import type { Prompt } from './prompt.ts';

export type Model = {
  readonly kind: 'anthropic' | 'openai';
  readonly model: string;
  /** http(s), checked by `addressOf`. */
  readonly url: string;
  /** Null where the server wants none. Goes into the request's header and nowhere else. */
  readonly key: string | null;
};

const ANSWER_BYTES_MAX = 1024 * 1024;

export function modelAsk(model: Model): Ask {
  return async (prompt, signal) => {
    const bounded = boundedFetch(ANSWER_BYTES_MAX);
    try {
      return await generate(model, bounded, prompt, signal);
    } catch (error) {
      if (bounded.isExceeded()) return { kind: 'silence', why: 'answer-too-large' };
      return await wrappedAnswer(error, prompt) ?? await silenceOf(error);
    }
  };
}

async function generate(model: Model, bounded: BoundedFetch, prompt: Prompt, signal: AbortSignal): Promise<Reply> {
  const { generateText, Output } = await import('ai');
  // Its warnings go to the console, which is not ours to write on.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  const result = await generateText({
    model: await languageModel(model, bounded.fetch),
    system: prompt.system,
    prompt: prompt.user,
    output: prompt.task === 'vote' ? Output.object({ schema: voteShape }) : Output.object({ schema: proposalShape }),
    maxOutputTokens: answerTokensMax(prompt.task),
    maxRetries: 0,
    abortSignal: signal,
  });
  return { kind: 'answer', value: result.output, tokens: result.usage.totalTokens ?? null, model: result.response.modelId };
}

async function languageModel({ kind, model, url, key }: Model, fetch: BoundedFetch['fetch']) {
  switch (kind) {
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic({ baseURL: url, apiKey: key ?? '', fetch })(model);
    }
    case 'openai': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      const settings = { name: 'voter', baseURL: url, supportsStructuredOutputs: true, fetch, ...url === OPENAI_URL ? { transformRequestBody: asOpenAiHasIt } : {} };
      return createOpenAICompatible(key === null ? settings : { ...settings, apiKey: key })(model);
    }
  }
}

/** Small models, and servers that take no schema, put Markdown or their thoughts around the object. */
async function wrappedAnswer(error: unknown, prompt: Prompt): Promise<Reply | null> {
  const { NoObjectGeneratedError } = await import('ai');
  if (!NoObjectGeneratedError.isInstance(error) || error.finishReason === 'content-filter') return null;
  const value = answerIn(error.text ?? '', prompt);
  return value === null ? null : { kind: 'answer', value, tokens: error.usage?.totalTokens ?? null, model: error.response?.modelId ?? null };
}

/** OpenAI itself no longer takes the field that everybody else copied from it. */
export function asOpenAiHasIt({ max_tokens, ...body }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...body, max_completion_tokens: max_tokens };
}

const REFUSED = 400;
const TOO_MANY_REQUESTS = 429;
const SERVER_TROUBLE = 500;

/** Only what kind of trouble it was: an SDK's error carries the request, and with it the question and the key. */
async function silenceOf(error: unknown): Promise<Reply> {
  const { APICallError, NoObjectGeneratedError, NoOutputGeneratedError } = await import('ai');
  const silence = (why: Silence): Reply => ({ kind: 'silence', why });
  if (NoObjectGeneratedError.isInstance(error)) return silence(error.finishReason === 'content-filter' ? 'refused' : 'no-answer');
  if (NoOutputGeneratedError.isInstance(error)) return silence('no-answer');
  if (!APICallError.isInstance(error)) return silence('unreachable');
  const { statusCode } = error;
  if (statusCode === undefined) return isUnheard(error.cause) ? { kind: 'silence', why: 'unreachable', unread: true } : silence('unreachable');
  return statusCode < REFUSED ? silence('no-answer') : { kind: 'silence', why: refusalOf(statusCode), unread: true };
}

/** Providers charge nothing for these. */
function refusalOf(statusCode: number): Silence {
  if (statusCode === TOO_MANY_REQUESTS) return 'rate-limited';
  return statusCode >= SERVER_TROUBLE ? 'unavailable' : 'refused';
}

/** No connection came about; one that broke may have been heard. */
function isUnheard(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH'].includes(String(cause.code));
}
