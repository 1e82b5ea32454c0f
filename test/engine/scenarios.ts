// Merges told in words, each tried both ways round: the engine's answer is the expected one, and git's.
import { expect, test } from 'vitest';
import { mergeTrees } from '../../src/engine/merge/merge-trees.ts';
import type { Blob, Tree } from '../../src/engine/object/node.ts';
import { askGit, filesOf, treeOf, type Triple } from './histories.ts';

export type Texts = Readonly<Record<string, string>>;
/** Name, base, ours, theirs. */
export type Scenario = readonly [string, Texts, Texts, Texts, 'clean' | 'conflict' | 'declined'];

export const shelf = { entries: (tree: Tree): Tree['entries'] => tree.entries, bytes: (blob: Blob): Blob['bytes'] => blob.bytes };

export function saysWhatGitSays(scenarios: readonly Scenario[]): void {
  const triples: readonly Triple[] = scenarios.flatMap(([, base, ours, theirs]) => [[base, ours, theirs], [base, theirs, ours]].map(([b = {}, o = {}, t = {}]) => ({ base: filesOf(b), ours: filesOf(o), theirs: filesOf(t) })));
  const answers = askGit(triples);
  for (const [at, triple] of triples.entries()) {
    const [name = '', , , , expected] = scenarios[at >> 1] ?? [];
    test(`${name}${at % 2 === 0 ? '' : ', sides turned'}`, () => {
      const outcome = mergeTrees(treeOf(triple.base), treeOf(triple.ours), treeOf(triple.theirs), shelf);
      expect(outcome.kind).toBe(expected);
      if (outcome.kind !== 'declined') expect(outcome.kind === 'clean').toBe(answers[at]?.isClean);
      if (outcome.kind === 'clean') expect(outcome.tree.id).toBe(answers[at]?.tree);
    });
  }
}
