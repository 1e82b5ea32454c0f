// Where it is kept what was spent on voters today: by one repository, and by all that one machine serves.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Budget, type Purse, type Spent } from './adapter/voter/budget.ts';
import { BUDGET_VARIABLE, ownersBudget } from './adapter/voter/permission.ts';
import type { ConsensusPolicy } from './merge/policy.ts';

const NOTHING_SPENT: Spent = { day: 0, calls: 0, tokens: 0 };

/** The purse of the machine's owner; null where no limit is set. Throws `usage` when the variable is not readable. */
export function openOwnersPurse(state: string): Purse | null {
  const limits = ownersBudget(process.env[BUDGET_VARIABLE] ?? '');
  return limits === null ? null : openPurse(join(state, 'voters-all.json'), limits);
}

/** What was spent today survives a restart; a file that cannot be read counts as nothing spent. */
export function openPurse(path: string, limits: ConsensusPolicy['budget']): Purse {
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
