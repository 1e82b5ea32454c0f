// Voters put together: what the owner's variable must be, and whose purse a policy spends from.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Purse, Spent } from '../../src/adapter/voter/budget.ts';
import { lazyLadder } from '../../src/compose-ladder.ts';
import { openMinds } from '../../src/compose-minds.ts';
import { openOwnersPurse } from '../../src/compose-purse.ts';
import { DEFAULT_POLICY, type ConsensusPolicy } from '../../src/merge/policy.ts';
import type { Vote } from '../../src/port/minds.ts';
import { choosing, modelServer } from '../harness/model-server.ts';
import { NEVER, question } from '../harness/question.ts';

const state = mkdtempSync(join(tmpdir(), 'maestro-minds-'));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true, force: true });
});

test('an unreadable MAESTRO_VOTERS is refused at the start, not in the middle of a conflict', () => {
  vi.stubEnv('MAESTRO_VOTERS', 'claude (1BAD)');
  expect(() => open()).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('a voter whose command nobody allowed takes no part, and is named', async () => {
  const said: string[] = [];
  const minds = open((text) => said.push(text));
  expect(await minds.voters({ ...DEFAULT_POLICY.consensus, voters: [{ kind: 'command', name: 'agent', command: ['claude', '-p'] }] })).toEqual([]);
  expect(said).toEqual([expect.stringContaining('voter agent takes no part')]);
});

test('an unreadable budget of the owner is refused at the start too', () => {
  vi.stubEnv('MAESTRO_VOTERS_BUDGET', 'a lot');
  expect(() => open()).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('repositories that share the owner\'s purse spend together, also over a restart', async () => {
  const { url } = await modelServer(choosing('log();'));
  vi.stubEnv('MAESTRO_VOTERS', url);
  vi.stubEnv('MAESTRO_VOTERS_BUDGET', '4 calls');
  const folder = mkdtempSync(join(tmpdir(), 'maestro-house-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ask = async (repository: string, purse: Purse | null): Promise<readonly Vote[]> => {
    const place = join(folder, repository);
    mkdirSync(place, { recursive: true });
    const minds = openMinds({ state: place, scope: repository, ladder: lazyLadder(), purse, onTrouble: () => undefined });
    const policy: ConsensusPolicy = { ...DEFAULT_POLICY.consensus, voters: [{ kind: 'openai', name: 'local', model: 'gpt-a', url }] };
    return (await minds.ask(policy, question(), [], NEVER, () => Promise.resolve())).votes;
  };
  // One vote is four calls: in both orders, and once more without what could talk a voter into something.
  const house = openOwnersPurse(folder, () => undefined);
  expect(await ask('one', house)).toMatchObject([{ probabilities: { o2: 0.9 } }]);
  expect(await ask('other', house)).toMatchObject([{ why: 'budget' }]);
  expect(await ask('one', openOwnersPurse(folder, () => undefined))).toMatchObject([{ why: 'budget' }]);
});

// One vote is four calls, here too.
test('what a provider says of an answer\'s cost breaks no count, and is not forgotten with a restart', async () => {
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 1e308 };
  const { url } = await modelServer(choosing('log();', 0.9, { usage }));
  const folder = openFolder(url);
  expect(await votesIn(folder, url, 8)).toMatchObject([{ probabilities: { o2: 0.9 } }]);
  expect(await votesIn(folder, url, 8)).toMatchObject([{ probabilities: { o2: 0.9 } }]);
  expect(await votesIn(folder, url, 8)).toMatchObject([{ why: 'budget' }]);
  expect(spentIn(folder)).toMatchObject({ calls: 8, tokens: expect.any(Number) });
});

test('targets with limits of their own count into one file', async () => {
  const { url } = await modelServer(choosing('log();'));
  const folder = openFolder(url);
  const minds = openMinds({ state: folder, scope: 'here', ladder: lazyLadder(), onTrouble: () => undefined });
  for (const calls of [20, 12, 20, 12]) await minds.ask(policyOf(url, calls), question(), [], NEVER, () => Promise.resolve());
  expect(spentIn(folder)).toMatchObject({ calls: 12 });
});

test.each(['', 'null', '{"day":0,"calls":null,"tokens":null}', '{"day":0,"calls":-4,"tokens":0}', '{"day":99999999,"calls":0,"tokens":0}'])('a count that is %j is spent for today, and said to be', async (kept) => {
  const { url } = await modelServer(choosing('log();'));
  const folder = openFolder(url);
  writeFileSync(join(folder, 'voters.json'), kept);
  const said: string[] = [];
  expect(await votesIn(folder, url, 8, (text) => said.push(text))).toMatchObject([{ why: 'budget' }]);
  expect(said).toEqual([expect.stringContaining('none is asked before tomorrow')]);
  const { day } = spentIn(folder);
  vi.useFakeTimers({ toFake: ['Date'], now: (day + 1) * 86_400_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect(await votesIn(folder, url, 8)).toMatchObject([{ probabilities: { o2: 0.9 } }]);
});

function openFolder(url: string): string {
  vi.stubEnv('MAESTRO_VOTERS', url);
  const folder = mkdtempSync(join(tmpdir(), 'maestro-purse-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function policyOf(url: string, callsPerDay: number): ConsensusPolicy {
  return { ...DEFAULT_POLICY.consensus, budget: { callsPerDay, tokensPerDay: 10_000_000 }, voters: [{ kind: 'openai', name: 'local', model: 'gpt-a', url }] };
}

/** As after a start. */
async function votesIn(folder: string, url: string, callsPerDay: number, onTrouble: (text: string) => void = () => undefined): Promise<readonly Vote[]> {
  const minds = openMinds({ state: folder, scope: 'here', ladder: lazyLadder(), onTrouble });
  return (await minds.ask(policyOf(url, callsPerDay), question(), [], NEVER, () => Promise.resolve())).votes;
}

function spentIn(folder: string): Spent {
  return JSON.parse(readFileSync(join(folder, 'voters.json'), 'utf8')) as Spent;
}

function open(onTrouble: (text: string) => void = () => undefined) {
  return openMinds({ state, scope: 'here', ladder: lazyLadder(), onTrouble });
}
