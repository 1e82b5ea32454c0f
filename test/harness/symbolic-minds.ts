// Minds of the symbolic world: both sides and both words side by side, as likely as the story says. Remembers what it was taught.
import { caseOf } from '../../src/consensus/case.ts';
import { NO_MINDS, type Minds } from '../../src/port/minds.ts';

export type SymbolicMinds = Minds & {
  /** `path: text` of every lesson, in order; `forgot` where all before counts no more. */
  readonly taught: string[];
  /** How likely both words together are from now on. */
  sure: number;
};

export function symbolicMinds(sure: number): SymbolicMinds {
  const minds: SymbolicMinds = {
    ...NO_MINDS, taught: [], sure,
    study: (file) => {
      const rest = (1 - minds.sure) / 2;
      const proposals = [{ text: file.ours + file.theirs, rung: 'union', probability: minds.sure }, { text: file.ours, rung: 'ours', probability: rest }, { text: file.theirs, rung: 'theirs', probability: rest }];
      return Promise.resolve({ kind: 'case', subject: caseOf(file, `${file.base === null ? 'both-added' : 'both-changed'} word`, proposals, null, null) });
    },
    learn: (file, resolved) => {
      minds.taught.push(`${file.path}: ${resolved}`);
      return Promise.resolve();
    },
    forget: () => {
      minds.taught.push('forgot');
      return Promise.resolve();
    },
  };
  return minds;
}
