// Three trees of a real repository merged in memory, by their ids.
import type { Library } from '../../src/adapter/git/library.ts';
import { mergeTrees } from '../../src/engine/merge/merge-trees.ts';
import { Tree } from '../../src/engine/object/node.ts';

export function mergedBy(library: Library, base: string, ours: string, theirs: string): ReturnType<typeof library.answer<Exclude<ReturnType<typeof mergeTrees>, { kind: 'missing' }>>> {
  const [root, left, right] = [Tree.known(base), Tree.known(ours), Tree.known(theirs)];
  return library.answer((shelf) => mergeTrees(root, left, right, shelf));
}
