// A patch as git writes it, kept within a length: whole hunks only, so that what is left of it still applies.

/** What a ledger keeps of one. */
export const PATCH_CHARS_MAX = 32_000;

/** `hunksLeft`: how many of the patch are not in it; with all of them left out it is empty. */
export type CutPatch = { readonly patch: string; readonly hunksLeft: number };

/** The first hunks that fit. A patch of several files is only whole or not at all: half of a move would be another change. */
export function cutPatch(whole: string, charsMax: number, charsOf = (text: string): number => text.length): CutPatch {
  if (charsOf(whole) <= charsMax) return { patch: whole, hunksLeft: 0 };
  const [head = '', ...hunks] = whole.split(/(?<=\n)(?=@@ )/);
  const count = Math.max(1, hunks.length);
  if (whole.includes('\ndiff --git ')) return { patch: '', hunksLeft: count };
  let patch = head;
  for (const [at, hunk] of hunks.entries()) {
    if (charsOf(patch + hunk) > charsMax) return { patch: at === 0 ? '' : patch, hunksLeft: hunks.length - at };
    patch += hunk;
  }
  return { patch: '', hunksLeft: count };
}
