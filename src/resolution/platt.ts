// A line through log-odds: how much surer or less sure than it says something should be, by what came true. Pure arithmetic.

/** `x`: log-odds of what was said; `target`: what came true, 0 to 1. */
export type Sample = { readonly x: number; readonly target: number };
/** `sigmoid(slope * x + offset)`; slope 1 and offset 0 change nothing. */
export type Line = { readonly slope: number; readonly offset: number };

export const UNCHANGED: Line = { slope: 1, offset: 0 };

const STEPS_MAX = 50;
const HALVINGS_MAX = 30;

/** Newton's method on the log-loss. `ridge` holds the line to UNCHANGED: as heavy as so many outcomes. */
export function fitLine(samples: readonly Sample[], ridge: number): Line {
  let line = UNCHANGED;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const better = improved(samples, ridge, line);
    if (better === null) break;
    line = better;
  }
  return line;
}

/** One step down, halved until it is one; null at the bottom. */
function improved(samples: readonly Sample[], ridge: number, line: Line): Line | null {
  const [slope, offset] = newtonStep(samples, ridge, line);
  const now = lossOf(samples, ridge, line);
  for (let halving = 0, share = 1; halving < HALVINGS_MAX; halving += 1, share /= 2) {
    const next = { slope: line.slope - share * slope, offset: line.offset - share * offset };
    if (lossOf(samples, ridge, next) < now) return next;
  }
  return null;
}

function newtonStep(samples: readonly Sample[], ridge: number, { slope, offset }: Line): readonly [number, number] {
  let [bySlope, byOffset, xx, x1, one] = [ridge * (slope - 1), ridge * offset, ridge, 0, ridge];
  for (const { x, target } of samples) {
    const p = sigmoid(slope * x + offset);
    const spread = p * (1 - p);
    bySlope += (p - target) * x;
    byOffset += p - target;
    xx += spread * x * x;
    x1 += spread * x;
    one += spread;
  }
  const determinant = xx * one - x1 * x1;
  return [(one * bySlope - x1 * byOffset) / determinant, (xx * byOffset - x1 * bySlope) / determinant];
}

function lossOf(samples: readonly Sample[], ridge: number, { slope, offset }: Line): number {
  const away = ridge * ((slope - 1) ** 2 + offset ** 2) / 2;
  // -t log p - (1-t) log(1-p) with p = sigmoid(z), written so that no z overflows.
  return samples.reduce((sum, { x, target }) => {
    const z = slope * x + offset;
    return sum + Math.max(z, 0) - target * z + Math.log1p(Math.exp(-Math.abs(z)));
  }, away);
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** `edge`: what counts as certain. */
export function logit(p: number, edge: number): number {
  const inside = Math.min(1 - edge, Math.max(edge, p));
  return Math.log(inside / (1 - inside));
}
