// `maestro doctor`: one finding for each thing that can be wrong, one next step for each finding.
import { DatabaseSync } from 'node:sqlite';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/adapter/sqlite/store.ts';
import type { Check } from '../../src/command/doctor/check.ts';
import { doctor, doctorLines } from '../../src/command/doctor.ts';
import { paint } from '../../src/command/render/line.ts';
import { STORY, TARGET } from './sample.ts';
import { cloneIn, commit, desk, folder, git, maestro } from './stage.ts';

let root: ReturnType<typeof folder>;
let clone = '';
beforeEach(() => {
  root = folder();
  clone = cloneIn(root.path);
});
afterEach(() => root.dispose());

test('a fresh clone has nothing fatal, and hears what to do first', async () => {
  const { code, checks } = await examine();
  expect(code).toBe(0);
  expect(levels(checks)).toMatchObject({ node: 'ok', git: 'ok', repository: 'ok', remote: 'ok', config: 'note', state: 'ok', ledger: 'ok', hooks: 'note', coordinator: 'note' });
  expect(checks.find((check) => check.name === 'config')?.next).toBe('maestro init');
});

test('a config that is written here and not pushed is to be pushed, not written again', async () => {
  await maestro(clone, ['init']);
  expect((await examine()).checks.find((check) => check.name === 'config')?.next).toBe('git add .github/maestro.yml && git commit -m "Maestro\'s rules" && git push');
});

test('a remote whose HEAD names a branch that nobody pushed is taken as start takes it: main', async () => {
  git(join(root.path, 'remote.git'), 'symbolic-ref', 'HEAD', 'refs/heads/master');
  const { code, checks } = await examine();
  expect([code, checks.find((check) => check.name === 'remote')?.text]).toEqual([0, expect.stringMatching(/its default branch is main$/)]);
});

test('a remote where no branch is the default one is told how to have one', async () => {
  git(join(root.path, 'remote.git'), 'symbolic-ref', 'HEAD', 'refs/heads/master');
  git(clone, 'push', '-q', 'origin', 'main:one', 'main:two', ':main');
  expect((await examine()).checks.find((check) => check.name === 'remote')).toMatchObject({ level: 'fatal', text: expect.stringContaining('its HEAD names none that is there'), next: expect.stringContaining('symbolic-ref HEAD') });
});

test('a bare repository reads the config in itself', async () => {
  const { out } = await maestro(join(root.path, 'remote.git'), ['doctor']);
  expect(out).toContain('no .github/maestro.yml on main');
});

test('a broken config on the default branch is named with its line', async () => {
  commit(clone, { '.github/maestro.yml': 'version: 1\nheirarchy: []\n' }, 'Rules');
  git(clone, 'push', '-q', 'origin', 'main');
  const { code, checks } = await examine();
  expect(code).toBe(1);
  expect(checks.find((check) => check.name === 'config')?.text).toContain('.github/maestro.yml:2: unknown key `heirarchy`; did you mean `hierarchy`?');
});

test('voters that the config asks for and this machine does not allow are named, with what would allow them', async () => {
  commit(clone, { '.github/maestro.yml': 'version: 1\nconsensus: { voters: [{ name: agent, kind: command, command: [think, -p] }] }\n' }, 'Rules');
  git(clone, 'push', '-q', 'origin', 'main');
  const { code, checks } = await examine();
  expect(code).toBe(0);
  expect(checks.find((check) => check.name === 'voter')).toMatchObject({ level: 'warn', text: expect.stringContaining('MAESTRO_VOTERS="think -p"') });
});

test('a remote that does not answer is fatal', async () => {
  git(clone, 'remote', 'set-url', 'origin', join(root.path, 'nowhere.git'));
  expect(levels((await examine()).checks)).toMatchObject({ remote: 'fatal' });
});

test('a remote that is a shallow clone is fatal', async () => {
  commit(clone, { 'a.txt': 'more\n' }, 'More');
  git(clone, 'push', '-q', 'origin', 'main');
  git(clone, 'clone', '-q', '--bare', '--depth', '1', `file://${join(root.path, 'remote.git')}`, join(root.path, 'shallow.git'));
  git(clone, 'remote', 'set-url', 'origin', join(root.path, 'shallow.git'));
  expect((await examine()).checks.find((check) => check.name === 'remote')).toMatchObject({ level: 'fatal', next: expect.stringContaining('--unshallow') });
});

test('a remote that would run a command is refused without being asked', async () => {
  git(clone, 'remote', 'set-url', 'origin', 'ext::sh -c "exit 1"');
  const { checks } = await examine();
  expect(checks.find((check) => check.name === 'remote')).toMatchObject({ level: 'fatal', text: expect.stringContaining('never used') });
});

test('a ledger that was changed afterwards is found out', async () => {
  const file = join(clone, '.git/maestro/ledger.sqlite');
  mkdirSync(join(clone, '.git/maestro'));
  const store = await openSqliteStore(file);
  await store.append(await store.claim('test'), TARGET, 0, STORY.flat());
  await store.close();
  expect(levels((await examine()).checks)).toMatchObject({ ledger: 'ok' });
  const db = new DatabaseSync(file);
  db.exec("UPDATE event SET body = replace(body, 'sprint', 'spirnt') WHERE version = 2");
  db.close();
  expect(levels((await examine()).checks)).toMatchObject({ ledger: 'fatal' });
});

test('outside a repository the machine is still examined', async () => {
  const { code, out } = await maestro(root.path, ['doctor']);
  expect(code).toBe(1);
  expect(out).toMatch(/✓ node .*\n✓ git /);
  expect(out).toContain('✗ repository');
  expect(out).toContain('  next: run it inside a clone');
});

test('each problem is one line and one next step', () => {
  const checks: readonly Check[] = [{ name: 'git', level: 'ok', text: '2.50.0', next: null }, { name: 'tools', level: 'warn', text: 'stdbuf is missing.', next: 'install coreutils' }, { name: 'remote', level: 'fatal', text: 'no answer', next: 'git ls-remote x' }];
  expect(paint(doctorLines(checks), false)).toMatchInlineSnapshot(`
    "✓ git         2.50.0
    ! tools       stdbuf is missing.
      next: install coreutils
    ✗ remote      no answer
      next: git ls-remote x

    2 problems."
  `);
});

async function examine(): Promise<{ readonly code: number; readonly checks: readonly Check[] }> {
  const { call, output } = desk({ repo: clone, state: join(clone, '.git/maestro') }, [], { json: true });
  const code = await doctor.run(call);
  return { code, checks: (JSON.parse(output()) as { checks: readonly Check[] }).checks };
}

function levels(checks: readonly Check[]): Readonly<Record<string, string>> {
  return Object.fromEntries(checks.map((check) => [check.name, check.level]));
}
