// What a tip commit says: READY_TO_MERGE and its trailers. Knows nothing of who pushed it or where it may go.
// Linear in the message: lines are split and compared, no regular expression ever sees more than one short word.
import { isIndented, nearMissIn } from './near-miss.ts';
import type { Priority } from './policy.ts';
import { deniesBelow, standingOf } from './standing.ts';
import type { Standing } from './standing.ts';
import { isTrailer, readTrailers } from './trailer.ts';
import { visibleLines } from './visible.ts';

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
  const visible = visibleLines(lines);
  const said = saidIn(visible.lines, subjectAt, marker);
  const copied = whyCopied(subject, lines);
  if (copied !== null) return visible.lines.includes(marker) ? notReady(`${copied}; say ${marker} in a commit of your own on top`) : { kind: 'none' };
  switch (said.kind) {
    case 'ready': return withTrailers(visible.lines, subjectAt, said.markerAt);
    case 'mentioned': return notReady(said.why);
    case 'nothing': return told(hiddenMarker(lines, visible.unclosedAt, marker) ?? nearMissIn(visible.lines, subjectAt, marker));
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

type Said = { readonly kind: 'ready'; readonly markerAt: number } | { readonly kind: 'mentioned'; readonly why: string } | { readonly kind: 'nothing' };

/** `markerAt` is -1 when the subject carries the marker. */
function saidIn(lines: readonly string[], subjectAt: number, marker: string): Said {
  const own = lines.flatMap((line, at) => line === marker ? [{ at, doubt: doubtAbout(lines, at, marker) }] : []);
  const clear = own.find(({ doubt }) => doubt === null);
  if (clear !== undefined) return { kind: 'ready', markerAt: clear.at };
  const doubt = own[0]?.doubt ?? null;
  if (doubt !== null) return { kind: 'mentioned', why: doubt };
  switch (subjectSays(lines[subjectAt] ?? '', marker)) {
    case 'stated': return { kind: 'ready', markerAt: -1 };
    case 'mentioned': return { kind: 'mentioned', why: `the subject mentions ${marker} in a sentence; put ${marker} on a line of its own if the branch is ready` };
    case 'denied': return { kind: 'nothing' };
  }
}

/** Why the marker's own line at `at` is part of the prose around it, or null. */
function doubtAbout(lines: readonly string[], at: number, marker: string): string | null {
  const above = lines[at - 1] ?? '';
  const below = lines[at + 1] ?? '';
  if (deniesBelow(above)) return `the line above ${marker} denies it; leave an empty line between them if the branch is ready`;
  if (above !== '' && !/[.:;!?]$/.test(above) && /^[a-z]/.test(below) && !isTrailer(below)) return `${marker} stands in the middle of a sentence; leave an empty line around it if the branch is ready`;
  return null;
}

function subjectSays(subject: string, marker: string): Standing {
  if (!subject.endsWith(marker) || subject.startsWith('>') || isIndented(subject)) return 'denied';
  const before = subject.slice(0, -marker.length);
  return before.endsWith(' ') || before.endsWith('\t') ? standingOf(before) : 'denied';
}

/** Why the words of this commit were copied by git from another one, or null. */
function whyCopied(subject: string, lines: readonly string[]): string | null {
  if (/^(?:Revert|Reapply) "/.test(subject) || /^revert(?:\([^)]*\))?!?:/i.test(subject) || lines.some((line) => line.startsWith('This reverts commit ')))
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

/** A marker that a block swallowed because nobody closed it. */
function hiddenMarker(lines: readonly string[], unclosedAt: number | null, marker: string): string | null {
  if (unclosedAt === null || !lines.slice(unclosedAt).some((line) => line === marker || line.endsWith(` ${marker}`))) return null;
  return `${marker} stands in a block that opens in line ${unclosedAt + 1} and is never closed; close it above ${marker} if the branch is ready`;
}

function told(problem: string | null): SignalReading {
  return problem === null ? { kind: 'none' } : notReady(problem);
}

function notReady(problem: string): SignalReading {
  return { kind: 'malformed', ready: false, signal: null, problems: [problem] };
}
