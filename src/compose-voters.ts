// The voters outside, put together: a panel for each policy, what all of them spent in one file of the state directory.
import { join } from 'node:path';
import { alarmsOf } from './adapter/voter/alarm.ts';
import { Budget, paidByBoth, type Purse } from './adapter/voter/budget.ts';
import type { Runs } from './adapter/voter/command.ts';
import { openVoters } from './adapter/voter/open.ts';
import { askPanel } from './adapter/voter/panel.ts';
import { askProposal } from './adapter/voter/proposal.ts';
import { openTally } from './compose-purse.ts';
import type { ConsensusPolicy } from './merge/policy.ts';
import type { Minds } from './port/minds.ts';
import type { Voter } from './port/voter.ts';

/** `owners`: what all repositories of this machine pay from besides. `runs`: of commands that are asked. */
export function openPanels(state: string, owners: Purse | null, runs: Runs, onTrouble: (text: string) => void): Pick<Minds, 'voters' | 'ask' | 'propose'> {
  const panels = new Map<string, readonly Voter[]>();
  // Each policy has its own limits on what all of them spent.
  const tally = openTally(join(state, 'voters.json'), onTrouble);
  const purseFor = ({ budget }: ConsensusPolicy): Purse => {
    const own = new Budget(budget, tally);
    return owners === null ? own : paidByBoth(own, owners);
  };
  const panelFor = (policy: ConsensusPolicy): readonly Voter[] => known(panels, JSON.stringify(policy), () => {
    const { voters, refused } = openVoters(policy, { environment: process.env, runs, budget: purseFor(policy), nowMs: () => Date.now() });
    for (const { name, why } of refused) onTrouble(`voter ${name} takes no part: ${why}`);
    return voters;
  });
  return {
    voters: (policy) => Promise.resolve(panelFor(policy).map(({ name }) => name)),
    ask: async (policy, question, stored, signal, onVote) => {
      const votes = await askPanel({ question, voters: panelFor(policy), stored, deadlineMs: policy.timeoutMs, signal, onVote });
      return { votes, alarms: alarmsOf(question, votes) };
    },
    propose: (policy, question, stored, signal, onAnswer) => askProposal({ question, voters: panelFor(policy), stored, deadlineMs: policy.timeoutMs, signal, onAnswer }),
  };
}

function known<T>(made: Map<string, T>, key: string, make: () => T): T {
  const before = made.get(key);
  if (before !== undefined) return before;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}
