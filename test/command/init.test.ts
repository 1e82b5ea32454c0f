// `maestro init`: what it proposes for which branches, and that it never takes anything away.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { guessGate, type GateGuess } from '../../src/command/init/gate-guess.ts';
import { proposeHierarchy } from '../../src/command/init/hierarchy.ts';
import { init } from '../../src/command/init.ts';
import { parseConfig } from '../../src/config.ts';
import { BIN, commit, cloneIn, desk, folder, git, maestro } from './stage.ts';

describe('the hierarchy it proposes', () => {
  const lines = (branches: readonly string[]): readonly string[] => proposeHierarchy(['main', ...branches], 'main').map((route) => `${route.branch} -> ${route.into}`);

  test('is none when everything goes to main anyway', () => {
    expect([lines([]), lines(['fix', 'feature/x', 'hotfix/y'])]).toEqual([[], []]);
  });

  test('follows features through teams and integration', () => {
    expect(lines(['feature/search-cache', 'feature/storage-batch', 'team/search', 'team/storage', 'integration/weekly', 'specialists/db/index', 'hotfix/leak'])).toEqual([
      'feature/{team}-* -> team/{team}', 'team/* -> integration/weekly', 'integration/* -> main', 'specialists/** -> main', 'hotfix/* -> main',
    ]);
  });

  test('names teams one by one where a feature would be sent to a team that is not there', () => {
    expect(lines(['feature/search-cache', 'feature/other-thing', 'team/search'])).toEqual(['feature/search-* -> team/search', 'feature/* -> main', 'team/* -> main']);
  });

  test('leaves a way for branches that fit nowhere', () => {
    expect(lines(['feature/x', 'integration/next', 'sprint/y']).at(-1)).toBe('** -> main');
  });

  test('is always a config that can be read', async () => {
    const { commentedConfig } = await import('../../src/config-comment.ts');
    for (const branches of [[], ['team/a', 'feature/a-b'], ['feature/a/b', 'team/a', 'x'], ['integration/b', 'integration/a', 'hotfix/c']])
      expect(parseConfig(commentedConfig({ hierarchy: proposeHierarchy(['trunk', ...branches], 'trunk'), gate: null })).kind).toBe('ok');
  });
});

describe('in a clone', () => {
  let root: ReturnType<typeof folder>;
  let clone = '';
  beforeEach(() => {
    root = folder();
    clone = cloneIn(root.path, { 'Makefile': 'build:\n\ttrue\ntest: build\n\ttrue\n' });
  });
  afterEach(() => root.dispose());

  test('writes the file, with the guessed gate as a comment, and says what to do next', async () => {
    const { code, out } = await maestro(clone, ['init']);
    expect(code).toBe(0);
    expect(out).toContain('this project looks as if "make test" checks it');
    expect(out).toMatch(/git add .*\n  npx maestro-hooks install\n  npx maestro start\n$/);
    expect(written()).toContain('#     gate: make test');
    expect(parseConfig(written())).toMatchObject({ kind: 'ok', policy: { targets: [], routes: [] } });
  });

  test('beside hooks, which hold back a push to a target, says how that push is meant', async () => {
    execFileSync(process.execPath, [join(dirname(BIN), 'maestro-hooks.mjs'), 'install'], { cwd: clone });
    expect((await maestro(clone, ['init'])).out).toContain('&& MAESTRO_DIRECT=1 git push\n  npx maestro start\n');
  });

  test('puts a gate with the network in force when told to, and guesses one where a gate has to fetch', async () => {
    commit(clone, { 'package.json': '{"scripts":{"test":"vitest"}}', 'package-lock.json': '{}' }, 'Packages');
    await init.run(desk({ repo: clone, state: root.path }, [], {}).call);
    expect(written()).toContain('#     gate: { run: "npm ci && npm test", network: true }');
    await init.run(desk({ repo: clone, state: root.path }, [], { flags: { gate: 'npm ci && npm test', network: true, force: true } }).call);
    expect(parseConfig(written())).toMatchObject({ policy: { targets: [{ target: '**', gate: { run: 'npm ci && npm test', network: true } }] } });
  });

  test('puts a gate in force when told to', async () => {
    await init.run(desk({ repo: clone, state: root.path }, [], { flags: { gate: 'make test' } }).call);
    expect(parseConfig(written())).toMatchObject({ policy: { targets: [{ target: '**', gate: { run: 'make test' } }] } });
  });

  test('never writes over a file that is there, unless forced', async () => {
    commit(clone, { '.github/maestro.yml': 'marker: DONE_NOW\n' }, 'Own rules');
    const call = (flags: Readonly<Record<string, true>>) => init.run(desk({ repo: clone, state: root.path }, [], { flags }).call);
    await expect(call({})).rejects.toMatchObject({ code: 'not-allowed', next: expect.stringContaining('maestro init --dry-run | diff') });
    expect(written()).toBe('marker: DONE_NOW\n');
    await call({ force: true });
    expect(written()).toContain('marker: READY_TO_MERGE');
    expect(await call({})).toBe(0);
  });

  test('a dry run prints the file and writes none', async () => {
    const { out } = await maestro(clone, ['init', '--dry-run']);
    expect(parseConfig(out).kind).toBe('ok');
    expect(git(clone, 'status', '--porcelain')).toBe('');
  });

  test('sees the branches of the remote', async () => {
    for (const branch of ['team/search', 'feature/search-cache']) git(clone, 'push', '-q', 'origin', `main:refs/heads/${branch}`);
    const { out } = await maestro(clone, ['init', '--json']);
    expect(JSON.parse(out)).toMatchObject({ written: true, defaultBranch: 'main', gateGuess: 'make test', hierarchy: [{ branch: 'feature/{team}-*', into: 'team/{team}' }, { branch: 'team/*', into: 'main' }] });
  });

  test.each([
    ['a detached HEAD', (dir: string) => git(dir, 'switch', '-q', '--detach'), 'not-allowed', 'git switch main'],
    ['an unborn HEAD', (dir: string) => git(dir, 'switch', '-q', '--orphan', 'new'), 'no-commits', 'git commit --allow-empty -m "First commit", then push it'],
    ['no remote', (dir: string) => git(dir, 'remote', 'remove', 'origin'), 'no-remote', 'git remote add origin <URL>'],
  ])('%s is an error with advice', async (_name, spoil, code, next) => {
    spoil(clone);
    await expect(init.run(desk({ repo: clone, state: root.path }, []).call)).rejects.toMatchObject({ code, next });
  });

  function written(): string {
    return readFileSync(join(clone, '.github/maestro.yml'), 'utf8');
  }
});

test('the gate is guessed from what lies at the top', () => {
  const root = folder();
  const guess = (name: string, files: Readonly<Record<string, string>>): GateGuess | null => {
    mkdirSync(join(root.path, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root.path, name, file), text);
    return guessGate(join(root.path, name));
  };
  try {
    expect([
      guess('empty', {}), guess('npm', { 'package.json': '{"scripts":{"test":"vitest"}}' }), guess('fresh', { 'package.json': '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' }),
      guess('broken', { 'package.json': '{' }), guess('make', { Makefile: 'check:\n\ttrue\n' }), guess('rust', { 'Cargo.toml': '' }), guess('go', { 'go.mod': '' }), guess('python', { 'pyproject.toml': '' }),
    ]).toEqual([null, { run: 'npm test', network: false }, null, null, { run: 'make check', network: false }, { run: 'cargo test', network: true }, { run: 'go test ./...', network: false }, { run: 'python3 -m pytest -q', network: false }]);
    expect([
      guess('locked', { 'package.json': '{"scripts":{"test":"vitest"}}', 'package-lock.json': '{}' }), guess('unlocked', { 'package.json': '{"scripts":{"test":"vitest"},"devDependencies":{"vitest":"*"}}' }),
    ]).toEqual([{ run: 'npm ci && npm test', network: true }, { run: 'npm install && npm test', network: true }]);
  } finally {
    root.dispose();
  }
});
