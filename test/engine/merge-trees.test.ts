// Merges in memory against git itself: the same tree, the same verdict, or no answer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLibrary } from '../../src/adapter/git/library.ts';
import type { Library } from '../../src/adapter/git/library.ts';
import { mergeTrees } from '../../src/engine/merge/merge-trees.ts';
import { differences } from '../../src/engine/object/difference.ts';
import { Blob, MODE, Tree } from '../../src/engine/object/node.ts';
import type { Entry, Node } from '../../src/engine/object/node.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { mergedBy } from '../harness/merged.ts';
import { workbench } from '../harness/workbench.ts';
import type { Workbench } from '../harness/workbench.ts';
import { manyHistories } from './many-histories.ts';

let bench: Workbench;
let library: Library;
beforeAll(async () => {
  bench = await workbench();
  library = openLibrary(bench.reader);
});
afterAll(() => bench.close());

describe.each(['files', 'folders'] as const)('random histories of %s', (kind) => {
  const HISTORIES = Number(process.env['MAESTRO_HISTORIES'] ?? 600);

  it('end in git\'s tree or git\'s conflict, or are left to git, in both directions', async () => {
    const wrong: unknown[] = [];
    let decided = 0;
    for (const { seed, base, ours, theirs, git } of await manyHistories(bench, 1, HISTORIES, kind)) {
      const said = await verdict(base, ours, theirs);
      const back = await verdict(base, theirs, ours);
      if (said !== 'declined') decided += 1;
      if ((said !== 'declined' && said !== git && git !== 'gave up') || back !== said) wrong.push({ seed, said, back, git });
    }
    expect(wrong).toEqual([]);
    expect(decided).toBeGreaterThan(HISTORIES / 2);
  });
});

it('a folder of ten thousand million files, in memory a few objects, is left to git where renames would have to be looked for in it', () => {
  let bomb: Node = Blob.of(Buffer.from('x'));
  for (let level = 0; level < 10; level += 1) {
    const node: Node = bomb;
    bomb = Tree.of(Array.from({ length: 10 }, (_, at) => ({ name: String(at), mode: node.kind === 'tree' ? MODE.tree : MODE.file, node })));
  }
  const file = (text: string): Entry => ({ name: 'a', mode: MODE.file, node: Blob.of(Buffer.from(text)) });
  const [base, ours, theirs] = [Tree.of([file('1')]), Tree.of([file('2')]), Tree.of([{ name: 'bomb', mode: MODE.tree, node: bomb }])];
  const outcome = mergeTrees(base, ours, theirs, { entries: (tree) => tree.entries, bytes: (blob) => blob.bytes });
  expect(outcome).toMatchObject({ kind: 'declined', why: { kind: 'too-large' } });
});

it('a file too large to compare may have been renamed: left to git', () => {
  const tree = (name: string, text: string): Tree => Tree.of([{ name, mode: MODE.file, node: Blob.of(Buffer.from(text)) }]);
  const large = 'a line of a large file\n'.repeat(200_000);
  const merge = (text: string): unknown => mergeTrees(tree('a', large), tree('b', `${text}ours\n`), tree('a', `theirs\n${large}`), { entries: (of) => of.entries, bytes: (blob) => blob.bytes });
  expect(merge(large)).toMatchObject({ kind: 'declined', why: { kind: 'too-large' } });
  expect(merge('small\n')).toMatchObject({ kind: 'conflict', clashes: [{ path: 'a', kind: 'modify-delete' }] });
});

it('a tree that is its own folder is left to git', () => {
  const shelf = { entries: (tree: Tree): readonly Entry[] => tree.entries ?? [{ name: 'self', mode: MODE.tree, node: Tree.known('e'.repeat(40)) }, { name: tree.id, mode: MODE.tree, node: Tree.of([]) }], bytes: (blob: Blob) => blob.bytes };
  expect(mergeTrees(Tree.known('a'.repeat(40)), Tree.known('b'.repeat(40)), Tree.known('c'.repeat(40)), shelf)).toMatchObject({ kind: expect.stringMatching(/declined|clean/) as string });
  expect(differences(null, Tree.known('a'.repeat(40)), shelf, 100)).toEqual({ kind: 'too-many' });
});

async function verdict(base: Oid, ours: Oid, theirs: Oid): Promise<string> {
  const trees = await Promise.all([base, ours, theirs].map(async (oid) => (await bench.reader.commit(oid))!.tree));
  const outcome = await mergedBy(library, trees[0]!, trees[1]!, trees[2]!);
  if (outcome.kind === 'unread') throw new Error(outcome.why);
  return outcome.kind === 'clean' ? outcome.tree.id : outcome.kind;
}
