// Random texts of which both sides made something: few different lines, so that much is repeated, and much can be matched in several ways.
import { Random } from '../harness/random.ts';
import type { Triple } from './git-merge.ts';

type Shape = {
  readonly samples: number;
  readonly lines: number;
  /** How many different lines there are besides the three common ones. */
  readonly words: number;
  /** One line in so many is a common one, each of the three. */
  readonly common: number;
  readonly edits: number;
  /** Lines that a large edit moves, doubles, adds or takes; one edit in five. */
  readonly large: number;
  /** Our side keeps nothing of base but common lines. */
  readonly isRewritten?: true;
};

const COMMON = ['', 'word', '}'];

export const SHAPES: Readonly<Record<string, Shape>> = {
  'tiny texts': { samples: 300, lines: 9, words: 3, common: 8, edits: 3, large: 4 },
  'short texts of few words': { samples: 200, lines: 25, words: 4, common: 8, edits: 4, large: 6 },
  'lines that mostly differ': { samples: 100, lines: 60, words: 1000, common: 8, edits: 6, large: 10 },
  'common lines between rare ones': { samples: 60, lines: 300, words: 20, common: 8, edits: 10, large: 40 },
  'lines too common to count': { samples: 40, lines: 400, words: 3, common: 8, edits: 30, large: 50 },
  'lines nearly too common to count': { samples: 40, lines: 450, words: 1, common: 5, edits: 6, large: 100 },
  'hardly anything else than one line': { samples: 20, lines: 200, words: 1, common: 40, edits: 20, large: 30 },
  'common lines lost among strange ones': { samples: 20, lines: 1500, words: 100_000, common: 13, edits: 12, large: 10, isRewritten: true },
  'long and rewritten': { samples: 6, lines: 3000, words: 8, common: 8, edits: 300, large: 400 },
  'very long with many small edits': { samples: 2, lines: 90_000, words: 9, common: 12, edits: 3000, large: 3 },
};

export function randomTriple({ lines, words, common, edits, large, isRewritten }: Shape, seed: number): Triple {
  const random = new Random(seed);
  const end = random.chance(0.1) ? '\r\n' : '\n';
  const rare = (): string => `word ${random.below(words)}`;
  const word = (): string => COMMON[random.below(common)] ?? rare();
  const base = drawn(random.between(Math.floor(lines / 2), lines), word);
  // Often both sides start from something that is not base: then they made some changes alike.
  const start = random.chance(0.4) ? edited(random, base, edits, large, word) : base;
  const ours = edited(random, isRewritten ? start.map((line) => COMMON.includes(line) ? line : rare()) : start, edits, large, word);
  const theirs = edited(random, start, edits, large, word);
  return { base: random.chance(0.07) ? null : text(random, base, end), ours: text(random, ours, end), theirs: text(random, theirs, end) };
}

function edited(random: Random, from: readonly string[], edits: number, large: number, word: () => string): readonly string[] {
  const lines = [...from];
  for (let left = random.below(edits + 1); left > 0; left -= 1) {
    const at = random.below(lines.length + 1);
    const size = 1 + random.below(random.chance(0.2) ? large : 3);
    const dice = random.next();
    if (dice < 0.3) lines.splice(at, size);
    else if (dice < 0.6) lines.splice(at, 0, ...drawn(size, word));
    else if (dice < 0.8) lines.splice(at, size, ...drawn(size, word));
    else if (dice < 0.9) lines.splice(random.below(lines.length + 1), 0, ...lines.splice(at, size));
    else lines.splice(at, 0, ...lines.slice(at, at + size));
  }
  return lines;
}

function drawn(size: number, word: () => string): readonly string[] {
  return Array.from({ length: size }, word);
}

function text(random: Random, lines: readonly string[], end: string): string {
  const whole = lines.map((line) => line + end).join('');
  return random.chance(0.1) ? whole.slice(0, -end.length) : whole;
}
