// The two bins as a shell sees them: exit codes, messages, and older nodes.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { world } from './clone.ts';
import type { Ran } from './clone.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MARKED = 'work\n\nREADY_TO_MERGE';

let clone: ReturnType<typeof world>;
beforeAll(() => { clone = world(); });
afterAll(() => clone.dispose());

function bin(node: string, root: string, name: string, args: readonly string[]): Ran {
  const done = spawnSync(node, [join(root, 'bin', `${name}.mjs`), ...args], { cwd: clone.folder, encoding: 'utf8' });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

const hooks = (...args: readonly string[]): Ran => bin(process.execPath, ROOT, 'maestro-hooks', args);

test('install, status, run and uninstall from the command line, with the repository\'s own maestro.yml', () => {
  clone.commit('config', { '.github/maestro.yml': 'marker: SHIP_IT\n' });
  expect(hooks('status').code).toBe(1);
  expect(hooks('install')).toMatchObject({ code: 0, err: '' });
  expect(hooks('status')).toMatchObject({ code: 0, out: expect.stringContaining('installed  pre-push') as string });
  expect(clone.commit('work\n\nship it').err).toContain('a line is nearly SHIP_IT');
  expect(hooks('uninstall')).toMatchObject({ code: 0, out: expect.not.stringContaining('try:') as string });
  expect(hooks('status')).toMatchObject({ code: 1, out: expect.stringMatching(/ {2}try: maestro-hooks install\n$/) as string });
});

test.each([
  [['--frob'], /Unknown option '--frob'[^]*try: maestro-hooks --help/],
  [['frob'], /no verb is called frob/],
  [['install', 'here'], /too many arguments: here/],
  [['status', '--repo', '/'], /\/ is not inside a git repository/],
  [['status', '--repo', '/nowhere'], /there is no folder \/nowhere/],
  [['run', 'post-frob'], /no hook is called post-frob/],
])('%j cannot be done, and is said without a stack', (args, message) => {
  const { code, err } = hooks(...args);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  expect(err).not.toMatch(/^ +at /m);
});

test('--version is that of the package', () => {
  expect(hooks('--version').out).toBe(`${(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version}\n`);
});

const oldNode = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules')).map((folder) => join(folder, 'node'))
  .find((node) => /^v2[01]\./.test(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? ''));
// Without a node 20 on this machine nothing can be said about it; the line below shows in the list of skipped tests.
const withOldNode = test.skipIf(oldNode === undefined);

withOldNode('node 20 runs the installed runtime', async () => {
  await clone.install({}, null);
  clone.write('.git/maestro/hook/node', `${oldNode}\n`);
  clone.write('.git/maestro/hook/marker', 'READY_TO_MERGE warn\n');
  clone.write('.git/maestro/hooks.json', '{}');
  clone.branch('feature/a', MARKED, { 'a.txt': 'A\n' });
  clone.git(['push', '-q', 'origin', 'feature/a']);
  clone.branch('feature/b', MARKED, { 'a.txt': 'B\n' });
  expect(clone.push('feature/b')).toMatchObject({ code: 0, err: expect.stringContaining('feature/a (ready too): a.txt') as string });
});

withOldNode('on node 20 the bins find the newer node of node_modules, or name it', () => {
  const found = bin(oldNode ?? '', ROOT, 'maestro-hooks', ['--help']);
  expect(found).toMatchObject({ code: 0, err: '' });
  const alone = mkdtempSync(join(tmpdir(), 'maestro-bin-'));
  cpSync(join(ROOT, 'bin'), join(alone, 'bin'), { recursive: true });
  const { code, err } = bin(oldNode ?? '', alone, 'maestro', ['start']);
  rmSync(alone, { recursive: true });
  expect([code, err]).toEqual([2, expect.stringMatching(/maestro needs Node 22\.18 or newer\.\n {2}found: 20\.[^]*try: +npm i -D node@24/)]);
});

test('the built package needs no TypeScript: the runtime copied from dist is the one from src, in effect', () => {
  const built = mkdtempSync(join(tmpdir(), 'maestro-built-'));
  for (const folder of ['bin', 'hooks']) cpSync(join(ROOT, folder), join(built, folder), { recursive: true });
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  mkdirSync(join(built, 'dist'));
  writeFileSync(join(built, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(built, 'tsconfig.json'), JSON.stringify({ extends: join(ROOT, 'tsconfig.build.json'), compilerOptions: { outDir: join(built, 'dist'), rootDir: join(ROOT, 'src') }, include: [], files: [join(ROOT, 'src/hooks.ts')] }));
  execFileSync(process.execPath, [tsc, '-p', built, '--typeRoots', join(ROOT, 'node_modules/@types')], { stdio: 'pipe' });
  const installed = bin(oldNode ?? process.execPath, built, 'maestro-hooks', ['install', '--repo', clone.folder]);
  expect(installed).toMatchObject({ code: 0, err: '' });
  expect(clone.read('.git/maestro/hook/hook/run.js')).toContain("from './message.js'");
  clone.write('.git/maestro/hook/marker', 'READY_TO_MERGE warn\n');
  expect(clone.commit('work\n\nready_to_merge').err).toContain('maestro (commit-msg): refused');
  rmSync(built, { recursive: true });
});
