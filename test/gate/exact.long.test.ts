// A slot holds exactly the candidate's tree before each command, whatever the one before left there.
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { repository } from '../harness/repository.ts';
import { gateBench, makeBench, processesWith, type GateBench } from './bench-of-gates.ts';

const FILES = { 'a.txt': 'a\n', 'src/b.txt': 'b\n', 'src/deep/c.sh': { mode: '100755', content: '#!/bin/sh\n' }, '.gitignore': 'ignored\nnode_modules\n', 'link': { mode: '120000', content: 'src/b.txt' } };
/** Name, type, mode and content of everything but our `.git`. */
const PICTURE = `find . -path ./.git -prune -o -print | LC_ALL=C sort | while read -r f; do stat -c '%n %F %a' "$f"; if [ -f "$f" ]; then cksum < "$f"; fi; done`;

const POLLUTIONS: readonly (readonly [string, string])[] = [
  ['a changed file', 'echo more >> a.txt'],
  ['a changed file of the same size and time', 'touch -r a.txt ../t; echo x > a.txt; touch -r ../t a.txt; rm ../t'],
  ['a new file and a new folder', 'mkdir -p x/y; echo > x/y/z; echo > src/new'],
  ['an ignored file', 'echo > ignored; mkdir node_modules; echo > node_modules/m'],
  ['an empty folder', 'mkdir src/empty'],
  ['a deleted file and folder', 'rm a.txt; rm -r src'],
  ['a nested repository in a new folder', 'git init -q x; git -C x commit -q --allow-empty -m x || true'],
  ['a nested repository in a folder of the tree', 'git init -q src; mkdir src/deep/.git; echo > src/deep/.git/x'],
  ['changed modes', 'chmod 600 a.txt; chmod a-x src/deep/c.sh; chmod +x src/b.txt'],
  ['a file where a folder was, a folder where a file was', 'rm -r src a.txt; echo > src; mkdir -p a.txt/x'],
  ['a link where a folder was', 'cp -a src ..; rm -r src; ln -s ../src src'],
  ['a link where a folder was, with the very same files behind it', 'mv src ../moved; ln -s ../moved src'],
  ['a link where a file was', 'rm a.txt; ln -s /etc/passwd a.txt'],
  ['a changed link', 'ln -sfn /etc link'],
  ['its own index rewritten', 'echo x > a.txt; git add -A; git update-index --assume-unchanged src/b.txt; echo y > src/b.txt; git rm -q --cached link'],
  ['its own .git configured against us', 'git config core.worktree /tmp; git config core.fsmonitor "touch ../owned"; git config core.hooksPath /tmp; echo "* filter=x" > .git/info'],
  ['its own .git replaced', 'rm -rf .git; echo "gitdir: /nowhere" > .git'],
  ['its own .git made a link', 'mv .git ../g; ln -s ../g .git'],
  ['our index changed', 'echo x > a.txt; cp ../index ../i; cat ../i > ../index'],
  ['our index dated into the future', 'echo b > a.txt; touch -d "2099-01-01" ../index'],
  ['our index gone', 'rm ../index; echo x > a.txt'],
  ['a lock on our index', 'echo > ../index.lock; echo x > a.txt'],
  ['its folder replaced', 'cd ..; mv tree old; mkdir tree; echo > tree/x'],
  ['its folder made a link', 'cd ..; mv tree old; ln -s old tree'],
  ['its pipe replaced', 'rm ../pipe; echo > ../pipe'],
  ['everything gone', 'cd ..; rm -rf ./*'],
  ['names that are no text', `printf 'x' > "$(printf 'n\\377\\n')"; mkdir "$(printf -- '-rf')"`],
  ['folders nobody may enter', 'mkdir -p x/y; chmod 000 x/y; chmod 555 src'],
  ['a link cycle and a pipe', 'ln -s . x; mkfifo src/p'],
];

const NEXT = { ...FILES, 'src/b.txt': 'next\n' };
const { bench: shared, dispose } = await makeBench(1, (git) => git);
const [commit, next] = [await shared.commit(FILES), await shared.commit(NEXT)];
afterAll(dispose);

test.each(POLLUTIONS)('nothing stays of %s', async (_, pollute) => {
  await shared.run(commit, pollute);
  expect(await shared.output(commit, PICTURE)).toBe(await pictureOf(FILES));
  await shared.run(commit, pollute);
  expect(await shared.output(next, PICTURE)).toBe(await pictureOf(NEXT));
});

const pictures = new Map<typeof FILES, string>();

/** As a folder that never held anything else shows it. */
async function pictureOf(files: typeof FILES): Promise<string> {
  const known = pictures.get(files);
  if (known !== undefined) return known;
  const bench = await gateBench();
  const picture = await bench.output(await bench.commit(files), PICTURE);
  pictures.set(files, picture);
  return picture;
}

test('what lies in a submodule\'s folder is taken away', async () => {
  const bench = await gateBench();
  const commit = await bench.commit({ a: '1', 'lib/sub': { mode: '160000', oid: '1234567890123456789012345678901234567890' } });
  await bench.run(commit, 'git init -q lib/sub; echo evil > lib/sub/x');
  expect(await bench.output(commit, 'ls -A lib lib/sub')).toBe('lib:\nsub\n\nlib/sub:');
});

test('a slot is kept warm: what did not change is not written again', async () => {
  const bench = await gateBench();
  const [one, two] = [await bench.commit({ a: '1', b: '1' }), await bench.commit({ a: '1', b: '2' })];
  await bench.run(one, 'true');
  const before = lstatSync(bench.slot(0, 'a'), { bigint: true });
  await bench.run(two, 'true');
  const after = lstatSync(bench.slot(0, 'a'), { bigint: true });
  expect([after.ino, after.ctimeNs]).toEqual([before.ino, before.ctimeNs]);
  expect(readFileSync(bench.slot(0, 'b'), 'utf8')).toBe('2');
});

test('the same tree again, and one that differs by little, need no git', async () => {
  const { bench, calls } = await listened();
  const [one, two] = [await bench.commit({ a: '1', 'b/c': '1' }), await bench.commit({ a: '2', b: 'no folder' })];
  for (const commit of [one, one, two, one]) expect(await bench.output(commit, 'git status --porcelain')).toBe('');
  expect(calls).toEqual(['read-tree']);
});

test('where attributes rule, git writes every step', async () => {
  const { bench, calls } = await listened();
  const [one, two] = [await bench.commit({ '.gitattributes': '* text eol=crlf\n', a: '1\n' }), await bench.commit({ '.gitattributes': '* text eol=crlf\n', a: '2\n' })];
  await bench.run(one, 'true');
  expect(await bench.output(two, 'od -c a')).toContain('2  \\r  \\n');
  expect(calls).toEqual(['read-tree', 'read-tree']);
});

async function listened(): Promise<{ readonly bench: GateBench; readonly calls: readonly string[] }> {
  const calls: string[] = [];
  const bench = await gateBench(1, (git) => (args, more) => {
    calls.push(args.find((arg) => /^[a-z]+-[a-z]+$/.test(arg)) ?? '');
    return git(args, more);
  });
  return { bench, calls };
}

test('links out of the tree are written as links and nothing of ours goes through them', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'maestro-outside-'));
  try {
    mkdirSync(join(outside, 'sub'));
    writeFileSync(join(outside, 'sub/f'), 'untouched');
    const bench = await gateBench();
    const linked = await bench.commit({ sub: { mode: '120000', content: join(outside, 'sub') } });
    const real = await bench.commit({ 'sub/f': 'ours', 'sub/g': 'ours' });
    for (const commit of [linked, real, linked, real]) await bench.run(commit, 'true');
    await bench.run(real, `rm -r sub; ln -s ${outside}/sub sub`);
    expect(await bench.output(real, 'cat sub/f sub/g')).toBe('oursours');
    expect([readFileSync(join(outside, 'sub/f'), 'utf8'), existsSync(join(outside, 'sub/g'))]).toEqual(['untouched', false]);
  } finally {
    rmSync(outside, { recursive: true });
  }
});

test('names that are no text are checked out and kept', async () => {
  const bench = await gateBench();
  const blob = bench.repository.object('blob', Buffer.from('x'));
  const tree = bench.repository.tree([{ mode: '100644', name: Buffer.from([0x66, 0xff]), oid: blob }, { mode: '100644', name: 'z "q" \\', oid: blob }, { mode: '100644', name: 'ümläut', oid: blob }]);
  const commit = bench.repository.commitTree(tree, 'odd names');
  await bench.run(commit, 'true');
  expect(await bench.output(commit, 'git ls-files | wc -l; git status --porcelain | wc -l')).toBe('3\n0');
});

test('a tree that names .git is refused, and the slot still serves others', async () => {
  const bench = await gateBench();
  const blob = bench.repository.object('blob', Buffer.from('[core]\n'));
  const inner = bench.repository.tree([{ mode: '100644', name: 'config', oid: blob }]);
  const hostile = bench.repository.commitTree(bench.repository.tree([{ mode: '40000', name: '.git', oid: inner }]), 'hostile');
  await expect(bench.run(hostile, 'echo ran-a-hostile-tree')).rejects.toMatchObject({ code: 'git-failed', retryable: false });
  expect([processesWith('ran-a-hostile-tree'), readdirSync(join(bench.directory, 'running'))]).toEqual([[], []]);
  expect(await bench.run(await bench.commit({ a: '1' }), 'true')).toMatchObject({ kind: 'passed' });
});

test('the command has a git of its own: the candidate as HEAD, clean, without remotes', async () => {
  const bench = await gateBench();
  const commit = await bench.commit(FILES);
  expect(await bench.output(commit, 'git rev-parse HEAD; git status --porcelain; git remote; git log --format=%s')).toBe(`${commit}\ncandidate`);
});

test('a repository of SHA-256 works as well', async () => {
  const bench = await sha256Bench();
  const commit = await bench.commit(FILES);
  expect(await bench.output(commit, 'git rev-parse HEAD; git status --porcelain')).toBe(commit);
});

async function sha256Bench(): Promise<GateBench> {
  return gateBench(1, undefined, await repository('sha256'));
}
