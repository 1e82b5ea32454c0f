// The voters outside, put together: a panel for each policy, one budget for each limit, kept in the state directory.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alarmsOf } from './adapter/voter/alarm.ts';
import { Budget, type Spent } from './adapter/voter/budget.ts';
import { openVoters } from './adapter/voter/open.ts';
import { askPanel } from './adapter/voter/panel.ts';
import { askProposal } from './adapter/voter/proposal.ts';
import type { ConsensusPolicy } from './merge/policy.ts';
import type { Minds } from './port/minds.ts';
import type { Voter } from './port/voter.ts';

export function openPanels(state: string, onTrouble: (text: string) => void): Pick<Minds, 'voters' | 'ask' | 'propose'> {
  const panels = new Map<string, readonly Voter[]>();
  const budgets = new Map<string, Budget>();
  // Two policies with the same limits spend from the same purse.
  const budgetFor = ({ budget }: ConsensusPolicy): Budget => known(budgets, JSON.stringify(budget), () => openBudget(join(state, 'voters.json'), budget));
  const panelFor = (policy: ConsensusPolicy): readonly Voter[] => known(panels, JSON.stringify(policy), () => {
    const { voters, refused } = openVoters(policy, { environment: process.env, budget: budgetFor(policy), nowMs: () => Date.now() });
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

const NOTHING_SPENT: Spent = { day: 0, calls: 0, tokens: 0 };

/** What was spent today survives a restart; a file that cannot be read counts as nothing spent. */
function openBudget(path: string, limits: ConsensusPolicy['budget']): Budget {
  return new Budget(limits, spentIn(path), (spent) => {
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
