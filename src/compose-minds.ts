// Who thinks about a repository's conflicts, put together: the ladder's thread, the voters its config asks for, what they may cost.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LazyLadder } from './compose-ladder.ts';
import { alarmsOf } from './adapter/voter/alarm.ts';
import { Budget, type Spent } from './adapter/voter/budget.ts';
import { openVoters } from './adapter/voter/open.ts';
import { askPanel } from './adapter/voter/panel.ts';
import type { ConsensusPolicy } from './merge/policy.ts';
import type { Minds } from './port/minds.ts';
import type { Voter } from './port/voter.ts';

/** `onTrouble`: told once of each voter that may not take part, and why. */
export type MindsOptions = { readonly state: string; readonly scope: string; readonly ladder: LazyLadder; readonly onTrouble: (text: string) => void };

export function openMinds({ state, scope, ladder, onTrouble }: MindsOptions): Minds {
  const panels = new Map<string, readonly Voter[]>();
  const panelFor = (policy: ConsensusPolicy): readonly Voter[] => {
    const key = JSON.stringify(policy);
    const known = panels.get(key);
    if (known !== undefined) return known;
    const { voters, refused } = openVoters(policy, { environment: process.env, budget: openBudget(join(state, 'voters.json'), policy), nowMs: () => Date.now() });
    for (const { name, why } of refused) onTrouble(`voter ${name} takes no part: ${why}`);
    panels.set(key, voters);
    return voters;
  };
  return {
    study: (file) => ladder.open().study(scope, file),
    learn: (file, resolved) => ladder.open().learn({ scope, file, resolved }),
    voters: (policy) => panelFor(policy).map(({ name, family }) => ({ voter: name, family })),
    ask: async (policy, question, stored, signal, onVote) => {
      const votes = await askPanel({ question, voters: panelFor(policy), stored, deadlineMs: policy.timeoutMs, signal, onVote });
      return { votes, alarms: alarmsOf(question, votes) };
    },
    close: () => Promise.resolve(),
  };
}

const NOTHING_SPENT: Spent = { day: 0, calls: 0, tokens: 0 };

/** What was spent today survives a restart; a file that cannot be read counts as nothing spent. */
function openBudget(path: string, policy: ConsensusPolicy): Budget {
  return new Budget(policy.budget, spentIn(path), (spent) => {
    writeFileSync(`${path}.new`, JSON.stringify(spent), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  });
}

function spentIn(path: string): Spent {
  try {
    const { day, calls, tokens } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Spent>;
    return typeof day === 'number' && typeof calls === 'number' && typeof tokens === 'number' ? { day, calls, tokens } : NOTHING_SPENT;
  } catch {
    return NOTHING_SPENT;
  }
}
