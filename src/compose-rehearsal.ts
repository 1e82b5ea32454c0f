// Puts together what a past merge is made and gated with once more: the coordinator's own builder and gate on a repository that is
// only read. All they make lies in a folder of their own, and goes with it.
import { join } from 'node:path';
import type { MirrorGit, MirrorObjects } from './adapter/gate/checkout.ts';
import { openCommandGate } from './adapter/gate/gate.ts';
import { remove } from './adapter/gate/remove.ts';
import { withSetup } from './adapter/gate/setup.ts';
import { attributeSource } from './adapter/git/attributes.ts';
import { bindBuild, type BuildVerbs } from './adapter/git/build-verb.ts';
import { treeBudget } from './adapter/git/tree-budget.ts';
import type { View } from './adapter/git/view.ts';
import { scratchFolder } from './hook/scratch.ts';
import type { Gate } from './port/gate.ts';

export type Stage = { readonly git: BuildVerbs; readonly gate: Gate; close(): Promise<void> };

/** `setup` null: the gate's command needs nothing besides its tree. */
export async function openStage(view: View, setup: string | null): Promise<Stage> {
  const directory = scratchFolder('replay');
  const { git, reader } = view;
  const budget = treeBudget(reader);
  const objects: MirrorObjects = {
    blob: (oid, bytesMax) => reader.blob(oid, bytesMax),
    changes: (from, to) => reader.changes(from, to),
    treeOf: async (commit) => (await reader.commit(commit))?.tree ?? null,
  };
  const mirrorGit: MirrorGit = (args, more) => git.must(args, more);
  const plain = await openCommandGate({ mirror: git.directory, directory: join(directory, 'gate'), slotsMax: 1, git: mirrorGit, objects });
  const gate = setup === null ? plain : withSetup(plain, { command: setup, directory: join(directory, 'setup'), git: mirrorGit });
  return {
    git: bindBuild({ ...view, budget, attributes: attributeSource(git.directory, reader, budget) }),
    gate,
    close: async () => {
      await gate.close();
      await remove(directory);
    },
  };
}
