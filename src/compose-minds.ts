// Who thinks about a repository's conflicts, put together: the ladder's thread, and the voters its config asks for.
import { join } from 'node:path';
import { Running } from './adapter/gate/running.ts';
import type { Purse } from './adapter/voter/budget.ts';
import { removeFolders } from './adapter/voter/command.ts';
import { permissionsOf, PERMISSION_VARIABLE } from './adapter/voter/permission.ts';
import type { LazyLadder } from './compose-ladder.ts';
import { openOwnersPurse } from './compose-purse.ts';
import type { Minds } from './port/minds.ts';

/** `purse`: the owner's, where several repositories share one; without it this one has it alone. `onTrouble`: told once of each voter that may not take part, and why, and where what was spent cannot be read. */
export type MindsOptions = { readonly state: string; readonly scope: string; readonly ladder: LazyLadder; readonly purse?: Purse | null; readonly onTrouble: (text: string) => void };

/** Throws `usage` when one of the owner's variables is not readable: at the start, not in the middle of a conflict. */
export function openMinds({ state, scope, ladder, purse, onTrouble }: MindsOptions): Minds {
  permissionsOf(process.env[PERMISSION_VARIABLE] ?? '');
  const owners = purse === undefined ? openOwnersPurse(state, onTrouble) : purse;
  // Loaded with the first conflict: most starts meet none, and what models need is large.
  let opening: Promise<Pick<Minds, 'voters' | 'ask' | 'propose'>> | null = null;
  const cleared = clearRuns(state);
  // Told to whoever asks a voter.
  cleared.catch(() => undefined);
  const panels = (): Promise<Pick<Minds, 'voters' | 'ask' | 'propose'>> => opening ??= Promise.all([import('./compose-voters.ts'), cleared]).then(([{ openPanels }, runs]) => openPanels(state, owners, runs, onTrouble));
  return {
    study: (file) => ladder.open().study(scope, file),
    learn: (file, resolved) => ladder.open().learn({ scope, file, resolved }),
    forget: () => ladder.open().forget(scope),
    voters: async (policy) => (await panels()).voters(policy),
    ask: async (...round) => (await panels()).ask(...round),
    propose: async (...round) => (await panels()).propose(...round),
    weigh: (subject, proposed) => ladder.open().weigh(subject, proposed),
  };
}

/** Commands that were asked by a coordinator that was killed are ended: nobody waits for them, and they may cost. */
async function clearRuns(state: string): Promise<Running> {
  const running = new Running(join(state, 'voter'));
  await removeFolders(await running.reap());
  return running;
}
