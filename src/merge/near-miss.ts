// Lines that were probably meant as the marker and are not it. Only for telling the author: nothing here is ever a signal.
import { isNearly } from './spelling.ts';
import { standingOf } from './standing.ts';

/** What to tell the author of `lines` (a message without its marker), or null. */
export function nearMissIn(lines: readonly string[], subjectAt: number, marker: string): string | null {
  const wanted = skeleton(marker);
  const spoken = (line: string): boolean => !line.startsWith('>') && !isIndented(line);
  if (lines.some((line) => spoken(line) && line.length <= marker.length + DECORATION_MAX && means(line, wanted)))
    return `a line is nearly ${marker} but not exactly: write ${marker} on a line of its own, with nothing before or after it`;
  if (lines.some((line, at) => spoken(line) && (opensWith(line, wanted) || closesWith(line, at === subjectAt, wanted))))
    return `${marker} does not count here: write it on a line of its own, or as the last word of the subject`;
  return null;
}

export function isIndented(line: string): boolean {
  return line.startsWith('    ') || line.startsWith('\t');
}

const DECORATION_MAX = 16;
/** Shorter words are a typo away from other words. */
const TYPO_CHARS_MIN = 8;

function means(text: string, wanted: string): boolean {
  const written = skeleton(text);
  return written === wanted || (wanted.length >= TYPO_CHARS_MIN && isNearly(written, wanted));
}

/** Letters and digits only. Full-width ones become plain; of other scripts, which may look alike, they become a missing letter. */
function skeleton(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** "READY_TO_MERGE: Done" */
function opensWith(line: string, wanted: string): boolean {
  const colon = line.slice(0, wanted.length + DECORATION_MAX).indexOf(':');
  return colon > 0 && means(line.slice(0, colon), wanted);
}

/** "Done READY_TO_MERGE." as the subject; below it only what a sentence of its own says: "All green. READY_TO_MERGE". */
function closesWith(line: string, isSubject: boolean, wanted: string): boolean {
  const tail = line.slice(-TAIL_CHARS).replace(/[^\p{L}\p{N}"'`]+$/u, '');
  const gap = tail.search(/\S+$/u);
  if (gap <= 0) return false;
  const word = tail.slice(gap);
  const before = tail.slice(0, gap);
  return !/["'`]/.test(word) && means(word, wanted) && (isSubject || /[.:!]\s+$/.test(before)) && standingOf(before) === 'stated';
}

const TAIL_CHARS = 160;
