// Which voters a repository gets: what it asks for, as far as the owner of the machine allows it.
import { describe, expect, test } from 'vitest';
import { openVoters, type Environment } from '../../src/adapter/voter/open.ts';
import { addressOf, ownersBudget, permissionsOf } from '../../src/adapter/voter/permission.ts';
import { DEFAULT_POLICY, type ConsensusPolicy, type VoterRule } from '../../src/merge/policy.ts';
import { choosing, modelServer } from '../harness/model-server.ts';
import { budget, NEVER, NO_RUNS, question } from '../harness/question.ts';

function opened(voters: ConsensusPolicy['voters'], environment: Environment, share: ConsensusPolicy['share'] = 'hunks') {
  const { voters: minds, refused } = openVoters({ ...DEFAULT_POLICY.consensus, voters, share }, { environment, runs: NO_RUNS, budget: budget(), nowMs: () => 0 });
  return { minds, names: minds.map(({ name, family }) => `${name} of ${family}`), refused: refused.map(({ name, why }) => `${name}: ${why}`).join('\n') };
}

const claude: VoterRule = { kind: 'command', name: 'agent', command: ['claude', '-p'] };
const KEYS = { ANTHROPIC_API_KEY: 'a', OPENAI_API_KEY: 'b' };

describe('voters', () => {
  test('there are none by default, whatever keys lie about', () => {
    expect(opened(DEFAULT_POLICY.consensus.voters, KEYS).names).toEqual([]);
  });

  test('auto: one for each key that is there', () => {
    expect(opened('auto', KEYS).names).toEqual(['anthropic of anthropic', 'openai of openai']);
    expect(opened('auto', { ANTHROPIC_API_KEY: '' }).names).toEqual([]);
  });

  test('share: none asks nobody', () => {
    expect(opened('auto', KEYS, 'none')).toMatchObject({ names: [], refused: '' });
  });

  test('whose key is missing are refused, with its name', () => {
    expect(opened([{ kind: 'anthropic', name: 'opus', model: 'claude-opus-5', url: null }], {}).refused).toBe('opus: its key is missing: ANTHROPIC_API_KEY is not set where Maestro runs');
  });

  test('a model is of its maker\'s family, whichever API it is asked through and wherever', () => {
    const url = 'http://127.0.0.1:11434/v1';
    const voters: readonly VoterRule[] = [
      { kind: 'anthropic', name: 'a', model: 'qwen3-coder', url }, { kind: 'openai', name: 'b', model: 'qwen3-coder', url }, { kind: 'anthropic', name: 'c', model: 'claude-opus-5', url },
      { kind: 'anthropic', name: 'd', model: 'phi-9', url }, { kind: 'openai', name: 'e', model: 'phi-9', url }, { kind: 'anthropic', name: 'f', model: 'next', url: null },
    ];
    expect(opened(voters, { ...KEYS, MAESTRO_VOTERS: url }).names).toEqual(['a of alibaba', 'b of alibaba', 'c of anthropic', 'd of unknown', 'e of unknown', 'f of anthropic']);
  });

  test.each([
    ['a command of a model', ['claude', '-p'], 'anthropic'], ['a command told its model', ['claude', '--model', 'gpt-5.4'], 'openai'], ['a command nobody knows', ['/opt/think'], 'unknown'],
  ] as const)('%s is of its family', (_name, command, family) => {
    expect(opened([{ kind: 'command', name: 'agent', command }], { MAESTRO_VOTERS: command.join(' ') }).names).toEqual([`agent of ${family}`]);
  });
});

describe('what a repository names runs and is reached on this machine only', () => {
  test('where its owner allowed exactly that command', () => {
    expect(opened([claude], { MAESTRO_VOTERS: 'codex exec; claude  -p (ANTHROPIC_API_KEY)' }).names).toEqual(['agent of anthropic']);
  });

  test.each([['', 'nothing'], ['claude', 'fewer words'], ['claude -p --verbose', 'more words'], ['codex exec\n/usr/bin/claude -p', 'others']])('not with %j: %s', (allowed) => {
    expect(opened([claude], { MAESTRO_VOTERS: allowed })).toMatchObject({ names: [], refused: 'agent: the command `claude -p` is named by the repository, but would be used on this machine: its owner has to allow it with MAESTRO_VOTERS="claude -p"' });
  });

  test.each(['http://169.254.169.254/v1', 'http://localhost:6379/', 'https://evil.example/v1', 'https://api.openai.com.evil.example/v1', 'https://api.openai.com/v2'])('not an address such as %s, even with a key at hand', (url) => {
    expect(opened([{ kind: 'openai', name: 'local', model: 'm', url }], KEYS)).toMatchObject({ names: [], refused: expect.stringContaining('MAESTRO_VOTERS=') });
  });

  test('and an allowed address gets its own key and no other', async () => {
    const server = await modelServer(choosing('log();'));
    const environment = { ...KEYS, ROUTER_KEY: 'for-the-router', MAESTRO_VOTERS: `${server.url}/ (ROUTER_KEY)` };
    await opened([{ kind: 'openai', name: 'local', model: 'm', url: server.url }], environment).minds[0]?.vote(question(), NEVER);
    expect(server.heard.map(({ headers }) => headers.authorization)).toEqual(Array.from({ length: 4 }, () => 'Bearer for-the-router'));
  });

  test('and one that needs no key gets none', async () => {
    const server = await modelServer(choosing('log();'));
    await opened([{ kind: 'openai', name: 'local', model: 'm', url: server.url }], { ...KEYS, MAESTRO_VOTERS: server.url }).minds[0]?.vote(question(), NEVER);
    expect(server.heard.map(({ headers }) => headers.authorization)).toEqual(Array.from({ length: 4 }, () => undefined));
  });

  test.each(['claude (', '(KEY)', 'claude (A B-C)', 'claude (KEY) -p'])('an unreadable permission is an error, not a guess: %s', (text) => {
    expect(() => permissionsOf(text)).toThrow('MAESTRO_VOTERS is not readable');
  });

  test.each([['http://h:1/v1/', 'http://h:1/v1'], ['HTTPS://H/v1', 'https://h/v1'], ['https://user:pass@h/v1', null], ['file:///etc/passwd', null], ['https://h/v1?key=x', null], ['not an address', null]])('%s is the address %s', (text, address) => {
    expect(addressOf(text)).toBe(address);
  });
});

describe('the owner\'s budget', () => {
  test.each([['', null], ['2000 calls', { callsPerDay: 2000, tokensPerDay: Infinity }], ['90 tokens', { callsPerDay: Infinity, tokensPerDay: 90 }], [' 0 calls, 5 tokens ', { callsPerDay: 0, tokensPerDay: 5 }]])('%j', (text, limits) => {
    expect(ownersBudget(text)).toEqual(limits);
  });

  test.each(['2000', 'calls', '2000 calls 5 tokens', '2000 calls,', ', 5 tokens', '-1 calls', '2000 calls, 5 tokens, 6 calls'])('%j is refused', (text) => {
    expect(() => ownersBudget(text)).toThrow('MAESTRO_VOTERS_BUDGET is not readable');
  });
});
