// What the ladder makes of one file, as every form of `maestro resolve` tells it. Decides only whether that is sure enough.
import type { LadderAnswer } from '../../adapter/ladder/ladder.ts';
import type { LineLedger } from '../../resolution/line-ledger.ts';

/** `options` best first; `resolved` is the best of them whatever its confidence, null when there is none. */
export type Finding = {
  readonly resolved: string | null;
  readonly confidence: number;
  readonly rung: string;
  readonly options: readonly string[];
  readonly ledger: LineLedger | null;
  /** Why there is no `resolved`. */
  readonly why: string | null;
};

/** From which confidence on nobody is asked. */
export const THRESHOLD = 0.85;

export function findingOf(answer: LadderAnswer): Finding {
  if (answer.kind === 'unanswered') return { ...nothing(answer.why), options: answer.plain };
  const { resolution, ledger } = answer;
  switch (resolution.kind) {
    case 'clean': return { resolved: resolution.text, confidence: 1, rung: 'clean', options: [resolution.text], ledger, why: null };
    case 'declined': return { ...nothing(resolution.why), options: resolution.why === 'too-many-hunks' ? resolution.plain : [] };
    case 'proposals': {
      const [best] = resolution.proposals;
      return best === undefined ? nothing('no-proposal') : { resolved: best.text, confidence: best.probability, rung: best.rung, options: resolution.proposals.map(({ text }) => text), ledger, why: null };
    }
  }
}

export function nothing(why: string): Finding {
  return { resolved: null, confidence: 0, rung: 'none', options: [], ledger: null, why };
}

/** The text nobody needs to look at first, or null. */
export function sureText({ resolved, confidence }: Finding, threshold: number): string | null {
  return confidence >= threshold ? resolved : null;
}
