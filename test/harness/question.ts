// A conflict put before voters, with as little in it as a test needs.
import { Budget, Tally } from '../../src/adapter/voter/budget.ts';
import type { Runs } from '../../src/adapter/voter/command.ts';
import type { MindTools } from '../../src/adapter/voter/mind.ts';
import { HUNK_PLACE, type VoterQuestion } from '../../src/port/voter.ts';

export const NEVER = new AbortController().signal;
/** Nobody is told who runs. */
export const NO_RUNS: Runs = { note: () => undefined, forget: () => undefined };

/** Two options: `o1` keeps the left line, `o2` keeps both. */
export function question(changed: Partial<VoterQuestion> = {}): VoterQuestion {
  return {
    id: 'q1',
    round: 1,
    path: 'src/total.ts',
    hunks: [{ context: `function total() {\n${HUNK_PLACE}\n}\n`, base: '  return 1;\n', left: '  return 2;\n', right: '  log();\n  return 1;\n' }],
    intents: { left: 'count twice', right: 'log each call' },
    options: [{ id: 'o1', text: '  return 2;\n', facts: ['the gate is green', 'drops `log();` of right'] }, { id: 'o2', text: '  log();\n  return 2;\n', facts: ['the gate is green'] }],
    evidence: [],
    ...changed,
  };
}

export function tools(changed: Partial<MindTools> = {}): MindTools {
  let drawn = 0;
  return {
    budget: budget(),
    nowMs: () => 0,
    drawFence: () => {
      drawn += 1;
      return `fence-${String(drawn).padStart(12, '0')}`;
    },
    ...changed,
  };
}

export function budget(callsPerDay = 1000, tokensPerDay = 10_000_000): Budget {
  return new Budget({ callsPerDay, tokensPerDay }, new Tally({ day: 0, calls: 0, tokens: 0 }, () => undefined));
}
