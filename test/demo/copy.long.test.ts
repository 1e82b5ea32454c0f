// The demo on a copy of a repository that is not ours, and how it ends when it cannot or may not go on.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { clearAway, git, isAlive, leftIn, ownTemp, runBin, show, smallRepository, startBin } from './theatre.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const PROSE = `${Array.from({ length: 12 }, (_, at) => `Line ${at + 1} of a text that somebody else wrote.`).join('\n')}\n`;

test('a copy of any repository is played on, the original is only read', async () => {
  const source = repository({ 'src/one.py': PROSE, 'src/two.py': PROSE, 'logo.png': Buffer.from([0, 1, 2, 3]), '.github/maestro.yml': 'targets: [{ target: trunk, gate: "false" }]\n' });
  const before = git(source, 'for-each-ref') + git(source, 'status', '--porcelain');
  const temp = folder();
  const { code, stdout } = await runBin(['--repo', source, '--json'], temp);
  const result = JSON.parse(stdout) as { ok: boolean; target: string; landings: { settled: { how: string } | null }[]; answers: { letter: string }[] };
  expect({ code, ok: result.ok, target: result.target, answers: result.answers.map((one) => one.letter) }).toEqual({ code: 0, ok: true, target: 'trunk', answers: ['B'] });
  expect(result.landings.map((one) => one.settled?.how ?? 'clean')).toEqual(['clean', 'person', 'clean']);
  expect(git(source, 'for-each-ref') + git(source, 'status', '--porcelain')).toBe(before);
  expect(leftIn(temp)).toEqual([]);
}, 60_000);

test('one text file is enough, also at a detached HEAD', async () => {
  const source = repository({ 'README.md': PROSE });
  git(source, 'checkout', '--quiet', '--detach');
  git(source, 'branch', '--quiet', '-D', 'trunk');
  const { outcome } = await show(source, true);
  if (!outcome.ok || outcome.kept === null) throw new Error(JSON.stringify(outcome));
  expect(git(outcome.kept.remote, 'show', 'main:README.md')).toContain('(Athena) Line');
  await clearAway(outcome.kept);
}, 60_000);

test.each([
  ['nothing but bytes', () => repository({ 'a.bin': Buffer.alloc(500) }), /no text file/],
  ['no commit', () => emptyRepository(), /no commit to start from/],
  ['no repository', () => folder(), /cannot be copied/],
  ['a shallow clone', () => shallowClone(), /is a shallow clone/],
])('%s is refused with a reason', async (_, make, reason) => {
  const { outcome } = await show(make(), false);
  expect(outcome.ok ? '' : outcome.error.message).toMatch(reason);
});

test.each(['Setting the stage', 'git push'])('Ctrl-C after "%s" leaves nothing behind', async (sign) => {
  const temp = folder();
  const demo = startBin(['--pace', '1'], temp);
  let text = '';
  demo.stdout?.on('data', (chunk: Buffer) => {
    text += String(chunk);
    if (text.includes(sign)) demo.kill('SIGINT');
  });
  const [code] = await once(demo, 'exit') as [number | null];
  expect(code).toBe(130);
  expect(leftIn(temp)).toEqual([]);
}, 60_000);

test('killed with everything that started it, the demo leaves neither process nor folder', async () => {
  const temp = folder();
  const demo = startBin(['--pace', '60', '--json'], temp);
  const root = await until(() => leftIn(temp).find((name) => existsSync(join(temp, name, 'coordinator.log'))));
  const pids = await until(() => runningOn(join(temp, root)));
  demo.kill('SIGKILL');
  await until(() => leftIn(temp).length === 0 ? true : undefined);
  expect(pids.filter(isAlive)).toEqual([]);
}, 60_000);

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((settle) => setTimeout(settle, 20));
  }
}

/** Those whose command line names the folder; undefined while there are none. */
function runningOn(path: string): readonly number[] | undefined {
  const found = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n').filter((line) => line.includes(path) && line.includes('maestro.mjs'));
  return found.length === 0 ? undefined : found.map((line) => Number.parseInt(line, 10));
}

test('wrong arguments are refused before anything is made', async () => {
  const temp = folder();
  for (const args of [['--pace', 'slow'], ['--state', '/somewhere']]) expect((await runBin(args, temp)).code).toBe(2);
  expect(leftIn(temp)).toEqual([]);
});

function repository(files: Parameters<typeof smallRepository>[0]): string {
  const path = smallRepository(files);
  folders.push(path);
  return path;
}

function shallowClone(): string {
  const path = folder();
  git(path, 'clone', '--quiet', '--depth', '1', `file://${repository({ 'README.md': PROSE })}`, '.');
  return path;
}

function emptyRepository(): string {
  const path = folder();
  git(path, 'init', '--quiet');
  return path;
}

function folder(): string {
  const path = ownTemp();
  folders.push(path);
  return path;
}
