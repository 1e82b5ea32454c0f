// What a tip commit says: READY_TO_MERGE and its trailers. Knows nothing of who pushed it or where it may go.
// Linear in the message: lines are split and compared, no regular expression ever sees more than one short word.
import type { Priority } from './policy.ts';
import { readTrailers } from './trailer.ts';

/** What a ready commit asks for. `dependsOn` and `target` are as written: not yet checked against the repository. */
export type Signal = {
  readonly dependsOn: readonly string[];
  readonly target: string | null;
  readonly priority: Priority | null;
};

export type SignalReading =
  | { readonly kind: 'ready'; readonly signal: Signal }
  | { readonly kind: 'none' }
  /**
   * Something the author should hear. `ready` false: the push is no signal (a near miss of the marker). `ready` true with
   * a signal: go on with it, what could not be read took its default. `ready` true without one: it is a signal, but what
   * it asks for cannot be told (two targets, too many dependencies), so it ends at once with these problems as its reason.
   */
  | { readonly kind: 'malformed'; readonly ready: boolean; readonly signal: Signal | null; readonly problems: readonly string[] };

/** UTF-16 units, and lines, of a message that are read; what lies behind is as if it were not there. */
export const MESSAGE_MAX = 1024 * 1024;
const LINES_MAX = 50_000;

/** Reads a commit message as git stores it (a commit-msg hook strips its comment lines first). Never throws. */
export function readSignal(message: string, marker: string): SignalReading {
  const lines = linesOf(message);
  const subjectAt = lines.findIndex((line) => line !== '');
  const subject = lines[subjectAt];
  if (subject === undefined || isOwnCommit(lines)) return { kind: 'none' };
  const text = outsideFences(lines);
  const markerAt = text.findIndex((line, at) => line === marker && !endsNegated(text[at - 1] ?? '', DENYING));
  const said = markerAt >= 0 ? 'own-line' : saidInSubject(text[subjectAt] ?? '', marker);
  const copied = whyCopied(subject, lines);
  if (copied !== null) return markerAt >= 0 ? notReady(`${copied}; say ${marker} in a commit of your own on top`) : { kind: 'none' };
  switch (said) {
    case 'own-line': case 'subject':
      return withTrailers(text, subjectAt, markerAt);
    case 'mention':
      return notReady(`the subject mentions ${marker} in a sentence; put ${marker} on a line of its own if the branch is ready`);
    case 'no':
      return nearMiss(text, marker);
  }
}

function linesOf(message: string): string[] {
  const cut = message.length > MESSAGE_MAX;
  const lines = (cut ? message.slice(0, MESSAGE_MAX) : message).split('\n', LINES_MAX);
  if (cut && lines.length < LINES_MAX) lines.pop();   // half a line could read as a marker it is not
  return lines.map(withoutTrailingBlanks);
}

// Not trimEnd: that would also take NBSP and BOM away and so accept a marker nobody can see is wrong.
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end -= 1;
  return end === line.length ? line : line.slice(0, end);
}

function isOwnCommit(lines: readonly string[]): boolean {
  return lines.some((line) => line.startsWith('Maestro-Merge-Id:'));
}

/** The lines with those inside ``` or ~~~ blocks emptied. An unclosed block reaches to the end, as in Markdown. */
function outsideFences(lines: readonly string[]): string[] {
  let fence: string | null = null;
  return lines.map((line) => {
    const run = fenceOf(line);
    if (fence === null) {
      fence = run;
      return run === null ? line : '';
    }
    if (run !== null && run.startsWith(fence) && line.trim() === run) fence = null;
    return '';
  });
}

const INDENT_MAX = 3;

/** The run of three or more backticks or tildes that opens this line, or null. */
function fenceOf(line: string): string | null {
  let at = 0;
  while (at < INDENT_MAX && line.charAt(at) === ' ') at += 1;
  const mark = line.charAt(at);
  if (mark !== '`' && mark !== '~') return null;
  let end = at;
  while (line.charAt(end) === mark) end += 1;
  const inline = mark === '`' && line.includes('`', end);
  return end - at >= 3 && !inline ? line.slice(at, end) : null;
}

function saidInSubject(subject: string, marker: string): 'subject' | 'mention' | 'no' {
  if (!subject.endsWith(marker) || subject.startsWith('>') || isIndented(subject)) return 'no';
  const before = subject.slice(0, -marker.length);
  const last = before.charAt(before.length - 1);
  if ((last !== ' ' && last !== '\t') || endsNegated(before, NEGATING)) return 'no';
  return MENTIONING.has(wordsAtEnd(before).at(-1) ?? '') ? 'mention' : 'subject';
}

function isIndented(line: string): boolean {
  return line.startsWith('    ') || line.startsWith('\t');
}

// "Rename the marker to READY_TO_MERGE", "Document the READY_TO_MERGE": talk about it, not a signal.
const MENTIONING = new Set(['to', 'for', 'of', 'about', 'the', 'a', 'an', 'with', 'document', 'explain', 'mention', 'describe', 'quote']);
// Only these reach over a line break: "Breaking changes: no" above the marker denies nothing.
const DENYING = new Set(['not', 'never', 'cannot', 'isnt', 'arent', 'wasnt', 'dont', 'doesnt', 'wont', 'cant', 'aint']);
const NEGATING = new Set([...DENYING, 'no', 'non', 'without', 'almost', 'nearly', 'until', 'before', 'unless', 'if', 'when', 'remove', 'removed', 'drop', 'dropped', 'wip']);
// Words that may stand between a negation and the marker: "not yet", "isn't quite", "no longer".
const FILLING = new Set(['yet', 'quite', 'fully', 'really', 'entirely', 'actually', 'currently', 'be', 'is', 'it', "it's", 'longer', 'still', 'as']);

/** Whether what follows this text is denied by it: "... is not yet". A "don't" further away denies something else. */
function endsNegated(text: string, negations: ReadonlySet<string>): boolean {
  const words = wordsAtEnd(text);
  while (FILLING.has(words.at(-1) ?? '')) words.pop();
  const word = words.at(-1) ?? '';
  return negations.has(word) || word.endsWith("n't");
}

const TAIL_CHARS = 80;

function wordsAtEnd(text: string): string[] {
  const words = text.slice(-TAIL_CHARS).toLowerCase().replaceAll('\u2019', "'").split(/[^a-z']/);
  return words.filter((word) => word !== '');
}

/** Why the words of this commit were copied by git from another one, or null. */
function whyCopied(subject: string, lines: readonly string[]): string | null {
  if (subject.startsWith('Revert "') || subject.startsWith('Reapply "') || lines.some((line) => line.startsWith('This reverts commit ')))
    return 'a revert does not count as a signal';
  if (MERGE_SUBJECTS.some((start) => subject.startsWith(start))) return "a merge commit with git's own message does not count as a signal";
  if (['fixup! ', 'squash! ', 'amend! '].some((start) => subject.startsWith(start))) return 'a commit waiting for autosquash does not count as a signal';
  if (lines.some((line) => line.startsWith('(cherry picked from commit '))) return 'a cherry-pick brought its message along and does not count as a signal';
  return null;
}

const MERGE_SUBJECTS = ["Merge branch '", "Merge branches '", "Merge remote-tracking branch '", "Merge remote-tracking branches '", "Merge commit '", "Merge tag '", 'Merge pull request #'];

function withTrailers(text: readonly string[], subjectAt: number, markerAt: number): SignalReading {
  const { asked: signal, problems } = readTrailers(text, subjectAt, markerAt);
  return problems.length === 0 && signal !== null ? { kind: 'ready', signal } : { kind: 'malformed', ready: true, signal, problems };
}

/** A line that would be the marker but for case, separators, invisible characters or decoration. */
function nearMiss(text: readonly string[], marker: string): SignalReading {
  const wanted = skeleton(marker);
  const found = text.find((line) => line.length <= marker.length + DECORATION_MAX && line !== marker && !line.startsWith('>') && !isIndented(line) && skeleton(line) === wanted);
  return found === undefined ? { kind: 'none' } : notReady(`a line is nearly ${marker} but not exactly: write ${marker} on a line of its own, with nothing before or after it`);
}

const DECORATION_MAX = 16;

function skeleton(line: string): string {
  return line.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function notReady(problem: string): SignalReading {
  return { kind: 'malformed', ready: false, signal: null, problems: [problem] };
}
