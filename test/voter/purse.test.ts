// Voters put together: what the owner's variable must be, and whose purse a policy spends from.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Purse } from '../../src/adapter/voter/budget.ts';
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
  const house = openOwnersPurse(folder);
  expect(await ask('one', house)).toMatchObject([{ probabilities: { o2: 0.9 } }]);
  expect(await ask('other', house)).toMatchObject([{ why: 'budget' }]);
  expect(await ask('one', openOwnersPurse(folder))).toMatchObject([{ why: 'budget' }]);
});

function open(onTrouble: (text: string) => void = () => undefined) {
  return openMinds({ state, scope: 'here', ladder: lazyLadder(), onTrouble });
}
