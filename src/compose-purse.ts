// Where it is kept what was spent on voters today: by one repository, and by all that one machine serves.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allSpent, Budget, spentIn, Tally, type Purse, type Spent } from './adapter/voter/budget.ts';
import { BUDGET_VARIABLE, ownersBudget } from './adapter/voter/permission.ts';

/** The purse of the machine's owner; null where no limit is set. Throws `usage` when the variable is not readable. */
export function openOwnersPurse(state: string, onTrouble: (text: string) => void): Purse | null {
  const limits = ownersBudget(process.env[BUDGET_VARIABLE] ?? '');
  return limits === null ? null : new Budget(limits, openTally(join(state, 'voters-all.json'), onTrouble));
}

/** One for each file. What was spent today survives a restart; where that cannot be read, nothing more is spent today. */
export function openTally(path: string, onTrouble: (text: string) => void): Tally {
  const nowMs = Date.now();
  const kept = readKept(path);
  const spent = kept === NO_FILE ? { day: 0, calls: 0, tokens: 0 } : spentIn(kept, nowMs);
  if (spent !== null) return new Tally(spent, (now) => keep(path, now));
  onTrouble(`${path} does not say what was spent on voters today: none is asked before tomorrow (UTC)`);
  const all = allSpent(nowMs);
  try {
    // Written, so that a start tomorrow finds a day that is over.
    keep(path, all);
  } catch {
    // Then tomorrow's start finds the same, and says it again.
  }
  return new Tally(all, (now) => keep(path, now));
}

function keep(path: string, spent: Spent): void {
  writeFileSync(`${path}.new`, JSON.stringify(spent), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

const NO_FILE = Symbol('no file');

function readKept(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? NO_FILE : null;
  }
}
