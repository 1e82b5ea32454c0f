// `maestro resolve` where Git calls it: installed and taken out to the byte, as merge driver, as mergetool, on a work tree in the middle of a merge.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LadderAnswer } from '../../src/adapter/ladder/ladder.ts';
import { withBlock, withoutBlock } from '../../src/command/resolve/block.ts';
import { markerText } from '../../src/command/resolve/marker-text.ts';
import { driveMerge, labelsFrom, mergeTool, type ThreeFiles } from '../../src/command/resolve/three-files.ts';
import { resolveWorkTree, tableLines } from '../../src/command/resolve/work-tree.ts';
import { NO_INTENT, type ConflictFile } from '../../src/resolution/conflict-file.ts';
import { BIN, cloneIn, commit, folder, git, maestro } from './stage.ts';

const BASE = 'one\ntwo\nthree\n';
const MARKED = '<<<<<<< HEAD\nONE\n=======\nUNO\n>>>>>>> other\ntwo\nthree\n';
let root: ReturnType<typeof folder>;
beforeEach(() => { root = folder(); });
afterEach(() => root.dispose());

describe('the installed driver', () => {
  test('goes in once and comes out to the byte; a dry run changes nothing', async () => {
    const clone = cloneIn(root.path);
    const before = configs(clone);
    const { out } = await maestro(clone, ['resolve', '--install-driver', '*.txt', '--dry-run']);
    expect(out).toContain('*.txt merge=maestro');
    expect(out).not.toContain('\\u{');
    expect(configs(clone)).toEqual(before);
    await maestro(clone, ['resolve', '--install-driver', '*.txt']);
    const installed = configs(clone);
    expect(git(clone, 'check-attr', 'merge', 'a.txt')).toBe('a.txt: merge: maestro');
    expect((await maestro(clone, ['resolve', '--install-driver', '*.txt'])).out).toContain('nothing was changed');
    expect(configs(clone)).toEqual(installed);
    await maestro(clone, ['resolve', '--uninstall']);
    expect(configs(clone)).toEqual(before);
  });

  test('leaves what it is not sure of with git\'s own markers, and is not asked where an attribute names another driver', async () => {
    const clone = conflicted({ 'a.txt': BASE, 'u.txt': BASE }, { 'a.txt': 'ONE\ntwo\nthree\n', 'u.txt': 'ONE\ntwo\nthree\n' }, { 'a.txt': 'UNO\ntwo\nthree\n', 'u.txt': 'UNO\ntwo\nthree\n' }, 'u.txt merge=union\n');
    await maestro(clone, ['resolve', '--install-driver', '--threshold', '1']);
    expect(() => git(clone, 'merge', 'other')).toThrow();
    expect(text(clone, 'a.txt')).toBe(MARKED);
    expect(text(clone, 'u.txt')).toBe('ONE\nUNO\ntwo\nthree\n');
  });

  test('settles what it is sure of, and git goes on as after a clean merge', async () => {
    const clone = conflicted({ 'a.txt': BASE }, { 'a.txt': 'ONE\ntwo\nthree\n' }, { 'a.txt': 'UNO\ntwo\nthree\n' });
    await maestro(clone, ['resolve', '--install-driver', '--threshold', '0']);
    git(clone, 'merge', '--no-edit', 'other');
    expect(git(clone, 'status', '--porcelain')).toBe('');
    expect(text(clone, 'a.txt')).not.toContain('<<<<<<<');
  });

  test('where Maestro is gone git merges as it would without', async () => {
    const clone = conflicted({ 'a.txt': BASE }, { 'a.txt': 'ONE\ntwo\nthree\n' }, { 'a.txt': 'UNO\ntwo\nthree\n' });
    await maestro(clone, ['resolve', '--install-driver']);
    const config = join(clone, '.git/config');
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll(/maestro\.mjs/g, 'gone.mjs'));
    expect(() => git(clone, 'merge', 'other')).toThrow();
    expect(text(clone, 'a.txt')).toBe(MARKED.replace('HEAD', 'ours').replace('> other', '> theirs'));
  });

  test('where Maestro is gone and a file shows markers of its own, theirs is not lost', async () => {
    const quoting = `${BASE}<<<<<<< HEAD\n`;
    const clone = conflicted({ 'a.txt': quoting }, { 'a.txt': quoting.replace('one', 'ONE') }, { 'a.txt': quoting.replace('one', 'UNO') });
    await maestro(clone, ['resolve', '--install-driver']);
    const config = join(clone, '.git/config');
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll(/maestro\.mjs/g, 'gone.mjs'));
    expect(() => git(clone, 'merge', 'other')).toThrow();
    expect(text(clone, 'a.txt')).toContain('<<<<<<< ours\nONE\n=======\nUNO\n>>>>>>> theirs\n');
  });

  test('writes markers of the size that the repository asks for, once', async () => {
    const clone = conflicted({ 'a.txt': BASE }, { 'a.txt': 'ONE\ntwo\nthree\n' }, { 'a.txt': 'UNO\ntwo\nthree\n' }, 'a.txt conflict-marker-size=5\n');
    await maestro(clone, ['resolve', '--install-driver', '--threshold', '1']);
    expect(() => git(clone, 'merge', 'other')).toThrow();
    expect(text(clone, 'a.txt')).toBe('<<<<< HEAD\nONE\n=====\nUNO\n>>>>> other\ntwo\nthree\n');
  });

  test('is there without a folder for temporary files, too', async () => {
    const clone = conflicted({ 'a.txt': BASE }, { 'a.txt': 'ONE\ntwo\nthree\n' }, { 'a.txt': 'UNO\ntwo\nthree\n' });
    await maestro(clone, ['resolve', '--install-driver', '--threshold', '1']);
    expect(() => execFileSync('git', ['merge', 'other'], { cwd: clone, env: { ...process.env, TMPDIR: join(clone, 'a.txt') }, stdio: 'ignore' })).toThrow();
    expect(text(clone, 'a.txt')).toBe(MARKED);
  });

  test('takes patterns in any script, and what was set meanwhile stays when it goes', async () => {
    const clone = cloneIn(root.path);
    const config = join(clone, '.git/config');
    writeFileSync(config, readFileSync(config, 'utf8').replace(/\n$/, ''));
    await maestro(clone, ['resolve', '--install-driver', 'ü*.ts', '日本/*']);
    expect([git(clone, 'check-attr', 'merge', 'üa.ts'), git(clone, 'check-attr', 'merge', '日本/x')].every((said) => said.endsWith('merge: maestro'))).toBe(true);
    await maestro(clone, ['resolve', '--install-driver']);
    git(clone, 'config', 'merge.conflictStyle', 'zdiff3');
    git(clone, 'config', 'user.nickname', 'bob');
    await maestro(clone, ['resolve', '--uninstall']);
    expect([git(clone, 'config', 'merge.conflictStyle'), git(clone, 'config', 'user.nickname'), readFileSync(config, 'utf8').includes('maestro resolve')]).toEqual(['zdiff3', 'bob', false]);
  });

  test('another default driver of the person\'s own is not put aside', async () => {
    const clone = cloneIn(root.path);
    git(clone, 'config', 'merge.default', 'union');
    expect(await maestro(clone, ['resolve', '--install-driver'])).toMatchObject({ code: 4, err: expect.stringContaining('merge.default is union already') as string });
  });
});

describe('three files', () => {
  const sure: LadderAnswer = { kind: 'answered', ledger: null, resolution: { kind: 'proposals', proposals: [{ text: 'BOTH\n', rung: 'token', probability: 0.9 }] } };
  const late: LadderAnswer = { kind: 'unanswered', why: 'deadline', plain: [] };

  test.each<readonly [string, LadderAnswer, number, boolean, string]>([
    ['sure', sure, 0.85, true, 'BOTH\n'],
    ['not sure enough', sure, 0.95, false, '<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n'],
    ['late', late, 0.85, false, '<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n'],
  ])('the driver writes what it is %s of, or markers', async (_name, answer, threshold, settled, written) => {
    const files = threeFiles('o\n', 'a\n', 'b\n');
    expect(await driveMerge(files, LABELS, { resolve: () => Promise.resolve(answer) }, threshold)).toBe(settled);
    expect(readFileSync(files.ours, 'utf8')).toBe(written);
  });

  test('bytes that are no UTF-8 keep their bytes between the markers, and binary files are left alone', async () => {
    const never = { resolve: () => Promise.reject(new Error('asked')) };
    const latin = threeFiles('o\n', Buffer.from([0xe4, 10]), 'b\n');
    expect(await driveMerge(latin, LABELS, never, 0.85)).toBe(false);
    expect(readFileSync(latin.ours, 'latin1')).toBe('<<<<<<< ours\n\u00e4\n=======\nb\n>>>>>>> theirs\n');
    const binary = threeFiles('o\n', '\u0000\n', 'b\n');
    expect(await driveMerge(binary, LABELS, never, 0.85)).toBe(false);
    expect(readFileSync(binary.ours, 'latin1')).toBe('\u0000\n');
  });

  test('the mergetool writes only when it is sure, and takes an absent base for none', async () => {
    const asked: unknown[] = [];
    const ladder = { resolve: (_scope: string, file: object) => { asked.push(file); return Promise.resolve(sure); } };
    const files = { ...threeFiles('', 'a\n', 'b\n'), base: join(root.path, 'absent') };
    const merged = join(root.path, 'merged');
    expect([await mergeTool(files, merged, ladder, 0.95), await mergeTool(files, merged, ladder, 0.85)]).toMatchObject([{ written: false }, { written: true }]);
    expect(readFileSync(merged, 'utf8')).toBe('BOTH\n');
    expect(asked[0]).toMatchObject({ base: null, ours: 'a\n' });
  });

  test('the mergetool takes an absent side for a mistake, and writes nothing', async () => {
    const files = threeFiles('a\n', 'a\n', 'b\n');
    writeFileSync(join(root.path, 'merged'), 'precious\n');
    const { code, err } = await maestro(root.path, ['resolve', '--mergetool', files.base, files.ours, 'typo', 'merged']);
    expect([code, err, readFileSync(join(root.path, 'merged'), 'utf8')]).toEqual([2, expect.stringContaining('there is no file typo'), 'precious\n']);
  });
});

describe('markers', () => {
  test.each<readonly [string, string, string, string]>([
    ['plain', 'a\nb\nc\n', 'a\nX\nc\n', 'a\nY\nc\n'],
    ['CRLF', 'a\r\nb\r\nc\r\n', 'a\r\nX\r\nc\r\n', 'a\r\nY\r\nc\r\n'],
    ['no newline at the end', 'a\nb', 'a\nX', 'a\nY'],
    ['both sides added it', '', 'X\n', 'Y\n'],
    ['both sides added it with CRLF', '', 'X\r\n', 'Y\r\n'],
    ['CRLF, and a base without a line end', 'b', 'X\r\n', 'Y\r\n'],
    ['equal lines inside', 'a\nb\nc\n', 'a\nX\nm\nn\no\np\nZ\nc\n', 'a\nY\nm\nn\no\np\nW\nc\n'],
    ['two hunks', 'a\n1\n2\n3\n4\nb\n', 'A\n1\n2\n3\n4\nB\n', 'C\n1\n2\n3\n4\nD\n'],
    ['nothing open', 'a\n1\n2\n3\nb\n', 'A\n1\n2\n3\nb\n', 'a\n1\n2\n3\nB\n'],
  ])('are those of git: %s', (_name, base, ours, theirs) => {
    const { base: b, ours: o, theirs: t } = threeFiles(base, ours, theirs);
    for (const style of ['merge', 'diff3', 'zdiff3'] as const) {
      const said = mergeFile(['-p', '-L', 'ours', '-L', 'base', '-L', 'theirs', ...(style === 'merge' ? [] : [`--${style}`]), o, b, t]);
      expect(markerText(base, ours, theirs, { ...LABELS, style }).text).toBe(said);
    }
  });
});

test('a block comes out of every text to the byte, and leaves what others wrote into it or behind it', () => {
  const [ours, nothing] = [(lines: readonly string[]) => lines.filter((line) => line === 'z'), () => []];
  for (const before of [null, '', 'a', 'a\n', 'a\r\n', '# c\n\n']) {
    const once = withBlock(before, ['x', 'y'], nothing);
    expect(withBlock(once, ['x', 'y'], nothing)).toBe(once);
    expect(withoutBlock(once, nothing)).toBe(before);
    const ended = `${before ?? ''}${before === 'a' ? '\n' : ''}`;
    expect(withoutBlock(`${once}later\n`, nothing)).toBe(`${ended}later\n`);
    expect(withoutBlock(once.replace('y\n', 'y\nz\n'), ours)).toBe(`${ended}z\n`);
  }
});

describe('a work tree in the middle of a merge', () => {
  const ladder = { resolve: (): Promise<LadderAnswer> => Promise.resolve({ kind: 'answered', ledger: null, resolution: { kind: 'proposals', proposals: [{ text: 'BOTH\n', rung: 'token', probability: 0.9 }] } }) };

  test('what a killed one left beside a file is taken away by the next; what a living one makes stays', async () => {
    const clone = conflicted({ 'a.txt': BASE }, { 'a.txt': 'ONE\ntwo\nthree\n' }, { 'a.txt': 'UNO\ntwo\nthree\n' });
    expect(() => git(clone, 'merge', 'other')).toThrow();
    const gone = spawnSync('true').pid;
    const made = [gone, process.ppid, `${gone}-mine`].map((name) => `.maestro-resolved-${name}`);
    for (const name of made) writeFileSync(join(clone, name), '');
    await resolveWorkTree({ repo: clone, files: [], threshold: 0.85, write: true }, ladder);
    expect(made.filter((name) => existsSync(join(clone, name)))).toEqual(made.slice(1));
  });

  test('is only looked at, unless it is told to write; a file somebody edited is left', async () => {
    const clone = conflicted({ 'a.txt': BASE, 'b.txt': BASE }, { 'a.txt': 'ONE\n', 'b.txt': 'ONE\n' }, { 'a.txt': 'UNO\n', 'b.txt': 'UNO\n' });
    expect(() => git(clone, 'merge', 'other')).toThrow();
    const choices = { repo: clone, files: [], threshold: 0.85, write: false };
    expect(await resolveWorkTree(choices, ladder)).toMatchObject([{ path: 'a.txt', sure: true, written: null }, { path: 'b.txt', written: null }]);
    writeFileSync(join(clone, 'b.txt'), 'mine\n');
    expect(await resolveWorkTree({ ...choices, write: true }, ladder)).toMatchObject([{ written: 'yes' }, { written: 'edited-already' }]);
    expect([text(clone, 'a.txt'), text(clone, 'b.txt')]).toEqual(['BOTH\n', 'mine\n']);
  });

  test('is written only where a file is what git left there', async () => {
    const names = ['half', 'quotes', 'link', 'folder', 'gone', 'left'];
    const all = (content: string): Record<string, string> => Object.fromEntries(names.map((name) => [`${name}.txt`, content]));
    const clone = conflicted(all(BASE), all('ONE\ntwo\nthree\n'), all('UNO\ntwo\nthree\n'));
    expect(() => git(clone, 'merge', 'other')).toThrow();
    const outside = join(root.path, 'precious');
    writeFileSync(outside, MARKED);
    writeFileSync(join(clone, 'half.txt'), MARKED.replace('three', 'three, by me'));
    writeFileSync(join(clone, 'quotes.txt'), 'about conflicts:\n<<<<<<< HEAD\n');
    for (const name of ['link', 'folder', 'gone']) rmSync(join(clone, `${name}.txt`));
    symlinkSync(outside, join(clone, 'link.txt'));
    mkdirSync(join(clone, 'folder.txt'));
    const rows = await resolveWorkTree({ repo: clone, files: [], threshold: 0.85, write: true }, ladder);
    expect(Object.fromEntries(rows.map(({ path, written }) => [path, written]))).toEqual({ 'half.txt': 'edited-already', 'quotes.txt': 'edited-already', 'link.txt': 'not-a-file', 'folder.txt': 'not-a-file', 'gone.txt': 'edited-already', 'left.txt': 'yes' });
    expect([readFileSync(outside, 'utf8'), text(clone, 'half.txt'), text(clone, 'left.txt')]).toEqual([MARKED, MARKED.replace('three', 'three, by me'), 'BOTH\n']);
    expect(tableLines(rows, true).map((one) => one.text).join('\n')).toContain('1 of 6 settled');
  });

  test.each([['merge', ''], ['diff3', ''], ['zdiff3', ''], ['merge', '*.txt conflict-marker-size=5\n']])('is written over markers of the style %s (%j)', async (style, attributes) => {
    const clone = conflicted({ 'a.txt': BASE }, { 'a.txt': 'ONE\ntwo\nthree\n' }, { 'a.txt': 'UNO\ntwo\nthree\n' }, attributes);
    git(clone, 'config', 'merge.conflictStyle', style);
    expect(() => git(clone, 'merge', 'other')).toThrow();
    expect(await resolveWorkTree({ repo: clone, files: [], threshold: 0.85, write: true }, ladder)).toMatchObject([{ written: 'yes' }]);
  });

  test.each<readonly [string, string, Buffer]>([
    ['an encoding', '*.txt text working-tree-encoding=ISO-8859-1\n', Buffer.from('B\u00d6TH\n', 'latin1')],
    ['line ends', '*.txt text eol=crlf\n', Buffer.from('B\u00d6TH\r\n')],
  ])('is written as a checkout would, with %s of the work tree', async (_name, attributes, written) => {
    const clone = cloneIn(root.path, { '.gitattributes': attributes });
    const put = (name: string): void => writeFileSync(join(clone, 'a.txt'), attributes.includes('ISO') ? Buffer.from(`\u00e9 ${name}\ntwo\n`, 'latin1') : `\u00e9 ${name}\r\ntwo\r\n`);
    const record = (name: string): void => { put(name); git(clone, 'add', '.'); git(clone, 'commit', '-q', '-m', name); };
    record('base');
    git(clone, 'switch', '-q', '-c', 'other');
    record('theirs');
    git(clone, 'switch', '-q', 'main');
    record('ours');
    expect(() => git(clone, 'merge', 'other')).toThrow();
    const umlaut = { resolve: (): Promise<LadderAnswer> => Promise.resolve({ kind: 'answered', ledger: null, resolution: { kind: 'proposals', proposals: [{ text: 'B\u00d6TH\n', rung: 'token', probability: 0.9 }] } }) };
    expect(await resolveWorkTree({ repo: clone, files: ['.'].map(() => clone), threshold: 0.85, write: true }, umlaut)).toMatchObject([{ written: 'yes' }]);
    expect(readFileSync(join(clone, 'a.txt'))).toEqual(written);
    git(clone, 'add', 'a.txt');
    expect(git(clone, 'show', ':a.txt')).toBe('B\u00d6TH');
  });

  test('an index that cannot be read is no work tree without a conflict, and one of another repository is not looked at', async () => {
    const clone = conflicted({ 'a.txt': BASE }, { 'a.txt': 'ONE\n' }, { 'a.txt': 'UNO\n' });
    expect(() => git(clone, 'merge', 'other')).toThrow();
    vi.stubEnv('GIT_INDEX_FILE', join(root.path, 'another'));
    expect(await resolveWorkTree({ repo: clone, files: [], threshold: 0.85, write: false }, ladder)).toHaveLength(1);
    vi.unstubAllEnvs();
    writeFileSync(join(clone, '.git/index'), 'garbage');
    await expect(resolveWorkTree({ repo: clone, files: [], threshold: 0.85, write: false }, ladder)).rejects.toMatchObject({ code: 'git-failed' });
  });

  test('is looked at where nothing is asked on stdin, or something that only a work tree has', async () => {
    const clone = conflicted({ 'a.txt': BASE }, { 'a.txt': 'ONE\n' }, { 'a.txt': 'UNO\n' });
    expect(() => git(clone, 'merge', 'other')).toThrow();
    const piped = (args: string): unknown => execFileSync('sh', ['-c', `: | "$0" "$1" resolve --threshold 1 ${args}; echo "rc $?"`, process.execPath, BIN], { cwd: clone, encoding: 'utf8' });
    expect(piped('')).toMatch(/a\.txt[^]*rc 1/);
    expect(piped('--json')).toMatch(/"path":"a\.txt"[^]*rc 1/);
  });

  test('says what both sides wanted, and of a merge what they had before', async () => {
    const clone = conflicted({ 'a.txt': BASE }, { 'a.txt': 'ONE\n' }, { 'a.txt': 'UNO\n' });
    expect(() => git(clone, 'cherry-pick', 'other')).toThrow();
    const picked: ConflictFile[] = [];
    await resolveWorkTree({ repo: clone, files: [], threshold: 0.85, write: false }, { resolve: (_scope: string, file: ConflictFile) => { picked.push(file); return ladder.resolve(); } });
    expect(picked.map(({ earlier }) => earlier)).toEqual([undefined]);
    git(clone, 'cherry-pick', '--abort');
    expect(() => git(clone, 'merge', 'other')).toThrow();
    const asked: ConflictFile[] = [];
    const listening = { resolve: (_scope: string, file: ConflictFile) => { asked.push(file); return ladder.resolve(); } };
    await resolveWorkTree({ repo: clone, files: [], threshold: 0.85, write: false }, listening);
    expect(asked).toMatchObject([{ base: BASE, intent: { oursMessage: 'Ours', theirsMessage: 'Theirs', oursLog: ['Ours'], theirsLog: ['Theirs'] }, earlier: { ours: ['ONE\n'], theirs: ['UNO\n'] } }]);
  });

  test('is told by the command, file by file; one without a conflict has nothing', async () => {
    const clone = conflicted({ 'a.txt': BASE }, { 'a.txt': 'ONE\ntwo\nthree\n' }, { 'a.txt': 'UNO\ntwo\nthree\n' });
    expect(await maestro(clone, ['resolve', '.'])).toMatchObject({ code: 2, err: expect.stringContaining('is not in conflict here') as string });
    expect(() => git(clone, 'merge', 'other')).toThrow();
    const { code, out } = await maestro(clone, ['resolve', 'a.txt', '--threshold', '1']);
    expect([code, out]).toEqual([1, expect.stringContaining('not sure: yours')]);
    expect(text(clone, 'a.txt')).toBe(MARKED);
  });
});

const LABELS = labelsFrom('7', 'ours', 'theirs', 'base');

function conflicted(base: Readonly<Record<string, string>>, ours: Readonly<Record<string, string>>, theirs: Readonly<Record<string, string>>, attributes = ''): string {
  const clone = cloneIn(root.path, { ...base, ...(attributes === '' ? {} : { '.gitattributes': attributes }) });
  git(clone, 'switch', '-q', '-c', 'other');
  commit(clone, theirs, 'Theirs');
  git(clone, 'switch', '-q', 'main');
  commit(clone, ours, 'Ours');
  return clone;
}

function configs(clone: string): readonly (string | null)[] {
  return ['.git/config', '.git/info/attributes'].map((path) => {
    try {
      return readFileSync(join(clone, path), 'latin1');
    } catch {
      return null;
    }
  });
}

function threeFiles(base: string | Buffer, ours: string | Buffer, theirs: string | Buffer): ThreeFiles {
  for (const [name, content] of Object.entries({ base, ours, theirs })) writeFileSync(join(root.path, name), content);
  return { base: join(root.path, 'base'), ours: join(root.path, 'ours'), theirs: join(root.path, 'theirs'), path: 'a.txt', background: { intent: NO_INTENT } };
}

/** `git merge-file` ends with the number of conflicts. */
function mergeFile(args: readonly string[]): string {
  try {
    return execFileSync('git', ['merge-file', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout);
    throw error;
  }
}

function text(clone: string, path: string): string {
  return readFileSync(join(clone, path), 'utf8');
}
