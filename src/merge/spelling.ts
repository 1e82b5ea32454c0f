// How far one word is from another, for advice on typos. Knows no keys and no messages.

/** Levenshtein distance: letters to add, take away or change. Costs length times length: callers bound both. */
export function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1)
      row.push(Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    above = row;
  }
  return above[b.length] ?? 0;
}

/** Two letters swapped are two edits, so a typo is at most this far from what was meant. */
const TYPO_EDITS_MAX = 2;

/** Whether `written` is a typo of `meant`, or the word itself. */
export function isNearly(written: string, meant: string): boolean {
  return Math.abs(written.length - meant.length) <= TYPO_EDITS_MAX && editDistance(written, meant) <= TYPO_EDITS_MAX;
}
