// Version numbers inside text. Knows their order, nothing of files.

const VERSION = /(?<!\d)\d+\.\d+(?:\.\d+)?(?:[-+.][\w.-]+)?/g;

/** The text with every version replaced: equal for texts that differ in versions alone. */
export function withoutVersions(text: string): string {
  return text.replace(VERSION, '\0');
}

/** Below zero where the first version that differs is lower in `a`; zero where none differs. */
export function compareVersionsIn(a: string, b: string): number {
  const [left, right] = [a.match(VERSION) ?? [], b.match(VERSION) ?? []];
  for (const [at, version] of left.entries()) {
    const order = compareVersions(version, right[at] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/** Parts by number; a part that is none, such as `rc`, comes before all numbers and before nothing, and `rc2` before `rc10`. What stands behind a plus does not count. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = compareParts(left[at] ?? '0', right[at] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

function partsOf(version: string): readonly string[] {
  return (version.split('+')[0] ?? '').split(/[.-]/);
}

function compareParts(a: string, b: string): number {
  const [left, right] = [a, b].map((part) => /^(\D*)(\d*)(.*)$/.exec(part.toLowerCase()) ?? []);
  const [[, word = '', number = '', rest = ''] = [], [, otherWord = '', otherNumber = '', otherRest = ''] = []] = [left, right];
  if ((word === '') !== (otherWord === '')) return word === '' ? 1 : -1;
  return compareTexts(word, otherWord) || Number(number) - Number(otherNumber) || compareTexts(rest, otherRest);
}

function compareTexts(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

export function isVersion(text: string): boolean {
  return /^v?\d+(?:\.\d+)*(?:[-+.][\w.-]+)?$/.test(text.trim());
}
