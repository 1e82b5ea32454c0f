// Random texts of which both sides made something: few different lines, so that much is repeated, and much can be matched in several ways.
import { Random } from '../harness/random.ts';
import type { Triple } from './git-merge.ts';

type Shape = { readonly samples: number; readonly lines: number; /** How many different lines there are. */ readonly words: number; readonly edits: number };

export const SHAPES: Readonly<Record<string, Shape>> = {
  'tiny texts': { samples: 300, lines: 8, words: 3, edits: 3 },
  'short texts of few words': { samples: 200, lines: 25, words: 4, edits: 4 },
  'lines that mostly differ': { samples: 100, lines: 60, words: 1000, edits: 6 },
  'common lines between rare ones': { samples: 60, lines: 300, words: 20, edits: 10 },
  'lines too common to count': { samples: 40, lines: 400, words: 3, edits: 30 },
  'hardly anything else than one line': { samples: 20, lines: 200, words: 2, edits: 20 },
  'long and rewritten': { samples: 6, lines: 3000, words: 8, edits: 300 },
};

export function randomTriple({ lines, words, edits }: Shape, seed: number): Triple {
  const random = new Random(seed);
  const end = random.chance(0.1) ? '\r\n' : '\n';
  const word = (): string => ['', 'word', '}'][random.below(8)] ?? `word ${random.below(words)}`;
  const base = drawn(random.below(lines + 1), word);
  // Often both sides start from something that is not base: then they made some changes alike.
  const start = random.chance(0.4) ? edited(random, base, edits, word) : base;
  const [ours, theirs] = [edited(random, start, edits, word), edited(random, start, edits, word)];
  return { base: random.chance(0.07) ? null : text(random, base, end), ours: text(random, ours, end), theirs: text(random, theirs, end) };
}

function edited(random: Random, from: readonly string[], edits: number, word: () => string): readonly string[] {
  const lines = [...from];
  for (let left = random.below(edits + 1); left > 0; left -= 1) {
    const at = random.below(lines.length + 1);
    const size = 1 + random.below(random.chance(0.2) ? 3 + from.length / 8 : 3);
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
