// Voters put together: what the owner's variable must be, and whose purse a policy spends from.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { lazyLadder } from '../../src/compose-ladder.ts';
import { openMinds } from '../../src/compose-minds.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';

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

function open(onTrouble: (text: string) => void = () => undefined) {
  return openMinds({ state, scope: 'here', ladder: lazyLadder(), onTrouble });
}
