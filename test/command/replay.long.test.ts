// `maestro replay` through the bin: for people, for programs, and with arguments that make no sense.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneIn, commit, folder, git, maestro } from './stage.ts';

const root = folder();
let clone = '';
beforeAll(() => {
  clone = cloneIn(root.path, { 'a.txt': 'f(a, b, c)\n' });
  git(clone, 'switch', '-q', '-c', 'other');
  commit(clone, { 'a.txt': 'f(a, b, C)\n' }, 'Theirs');
  git(clone, 'switch', '-q', 'main');
  commit(clone, { 'a.txt': 'f(A, b, c)\n' }, 'Ours');
  expect(() => git(clone, 'merge', 'other')).toThrow();
  commit(clone, { 'a.txt': 'f(A, b, C)\n' }, 'Merge other');
});
afterAll(root.dispose);

test('tells people what would have happened, file by file with --list', async () => {
  const { code, out, err } = await maestro(clone, ['replay', '--list']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const part of ['1 merge of 1 looked at', '1 left a conflict; 1 file with 1 place to judge', 'the most confident', 'people\'s resolution among the options']) expect(out).toContain(part);
  expect(out).toMatch(new RegExp(`^${git(clone, 'rev-parse', 'HEAD').slice(0, 10)} .* a\\.txt$`, 'm'));
});

test('is one document for programs', async () => {
  const { code, out } = await maestro(clone, ['replay', '--json', '--no-learn', '--merges', '5']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ learned: false, stopped: false, history: { merges: 1, conflicted: 1 }, figures: { files: 1, threshold: 0.85 }, files: [{ merge: git(clone, 'rev-parse', 'HEAD'), path: 'a.txt', among: true }] });
});

test('leaves the clone as it was, and looks no further back than it is told', async () => {
  const before = git(clone, 'count-objects', '-v');
  const { out } = await maestro(clone, ['replay', '--json', '--since', 'now']);
  expect(JSON.parse(out)).toMatchObject({ history: { merges: 0 }, figures: { files: 0, settled: { files: 0, interval: null } } });
  expect([git(clone, 'count-objects', '-v'), git(clone, 'status', '--porcelain')]).toEqual([before, '']);
});

test('a shallow clone, and one with objects missing, are told as such', async () => {
  const remote = `file://${clone}/.git`;
  git(clone, 'config', 'uploadpack.allowFilter', 'true');
  git(root.path, 'clone', '-q', '--depth', '1', remote, 'shallow');
  git(root.path, 'clone', '-q', '--bare', '--filter=blob:none', remote, 'partial');
  expect((await maestro(`${root.path}/shallow`, ['replay'])).out).toContain('its history ends early.\n  next: git fetch --unshallow');
  expect((await maestro(`${root.path}/partial`, ['replay'])).out).toMatch(/1 could not be read.*\n.*objects are missing here, as in a partial clone/);
});

test('with --gate it says what the tests let through', async () => {
  const { code, out, err } = await maestro(clone, ['replay', '--gate', 'grep -q f a.txt']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const part of ['no model, gate: grep -q f a.txt', 'with the tests as judge', 'merges settled, green on exactly that tree', 'runs of the gate']) expect(out).toContain(part);
});

test.each([
  [['replay', '--setup', 'npm ci'], '--setup and --gate-minutes need a --gate'],
  [['replay', '--gate', 'true', '--file-by-file'], 'a --gate judges whole merges, not --file-by-file'],
  [['replay', '--no-learn', '--file-by-file'], '--file-by-file learns, --no-learn does not'],
  [['replay', '--merges', 'many'], '--merges has to be a whole number'],
  [['replay', '--threshold', '85'], '--threshold has to be a number from 0 to 1'],
  [['resolve', '--threshold', 'x', 'a.txt'], '--threshold has to be a number from 0 to 1'],
  [['resolve', '--mergetool', 'a'], 'four files are wanted'],
])('%j is wrong usage', async (args, said) => {
  expect(await maestro(clone, args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(said) as string });
});
