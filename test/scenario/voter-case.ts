// Voters outside in a whole lane: models on loopback that the config names and this machine allows, and a conflict for them.
import { onTestFinished, vi } from 'vitest';
import type { Clash } from './minds-case.ts';
import { asksToWrite, choosing, modelServer, say, type Conduct, type ModelServer } from '../harness/model-server.ts';
import { row } from './minds-case.ts';

/** Both changed the same word, each to another one: no merge of lines, words or keys is the plain answer. */
export const TORN: Clash = { base: { 'pool.json': row(4, 1) }, first: { 'pool.json': row(8, 1) }, second: { 'pool.json': row(16, 1) } };

/** Of no maker that is known, so that each model of another name would be one family: these have makers. */
const MODELS = ['gpt-a', 'claude-b', 'gemini-c', 'llama-d', 'qwen-e'];

export type Panel = { readonly servers: readonly ModelServer[]; /** Lines of the config. */ readonly config: string };

/** One model for each conduct, each of a family of its own, allowed to be asked from here. */
export async function panel(conducts: readonly Conduct[], more = ''): Promise<Panel> {
  const servers = await Promise.all(conducts.map((conduct) => modelServer(conduct)));
  vi.stubEnv('MAESTRO_VOTERS', servers.map(({ url }) => url).join(';'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const voters = servers.map(({ url }, at) => `{ name: voter-${at + 1}, kind: openai, model: ${MODELS[at] ?? 'other'}, url: "${url}" }`);
  return { servers, config: `consensus:\n  voters: [${voters.join(', ')}]\n${more}` };
}

/** Votes for the option that holds this text, and writes no text of its own. */
export function wanting(text: string, probability?: number): Conduct {
  return (heard, response) => asksToWrite(heard) ? response.writeHead(400).end() : choosing(text, probability)(heard, response);
}

/** Has no opinion, and writes these hunks. */
export function writing(hunks: readonly string[]): Conduct {
  return (heard, response) => {
    if (asksToWrite(heard)) return say(heard, response, JSON.stringify({ fence: heard.fence, hunks }));
    const names = [...heard.labels, 'none'];
    return say(heard, response, JSON.stringify({ fence: heard.fence, probabilities: names.map((option) => ({ option, probability: 1 / names.length })), veto: null, reasons: [], comment: '' }));
  };
}

/** Keeps everybody waiting until it is let go; `heard` is seen from outside. */
export function holding(conduct: Conduct): { readonly conduct: Conduct; readonly hasHeard: () => boolean; readonly letGo: () => void } {
  const waiting: (() => void)[] = [];
  let [heard, free] = [false, false];
  return {
    hasHeard: () => heard,
    letGo: () => {
      free = true;
      for (const answer of waiting.splice(0)) answer();
    },
    conduct: (question, response) => {
      heard = true;
      const answer = (): void => { if (!response.destroyed) conduct(question, response); };
      if (free) answer();
      else waiting.push(answer);
    },
  };
}

/** What it was asked, without the fences, which are drawn anew each time; in no order. */
export function questionsTo({ heard }: ModelServer): readonly string[] {
  return heard.map(({ text, fence }) => text.replaceAll(fence, 'fence')).toSorted();
}
