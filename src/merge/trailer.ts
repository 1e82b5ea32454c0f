// The trailers of a ready commit: Depends-On, Target, Priority. Knows no repository: names are kept as written.
import { parseBranch, printable } from './branch.ts';
import { PRIORITIES } from './policy.ts';
import type { Priority } from './policy.ts';

export const DEPENDENCIES_MAX = 20;
/** Trailer lines that are read; more is no message a person or agent means. */
const TRAILERS_MAX = 200;
/** Names written in Depends-On, with repetitions. */
const WRITTEN_MAX = 100;
const PROBLEMS_MAX = 10;

/** What the trailers ask for; null when that cannot be told. */
export type Asked = { readonly dependsOn: readonly string[]; readonly target: string | null; readonly priority: Priority | null };
export type TrailerReading = { readonly asked: Asked | null; readonly problems: readonly string[] };

/** `lines` without code blocks; `markerAt` is the marker's own line, or -1 when the subject carries it. */
export function readTrailers(lines: readonly string[], subjectAt: number, markerAt: number): TrailerReading {
  const trailers = trailersOf(lines, subjectAt, zoneStart(lines, subjectAt, markerAt));
  const problems = trailers.flatMap((trailer) => trailer.spelling === null ? [] : [trailer.spelling]);
  if (trailers.length > TRAILERS_MAX) return { asked: null, problems: [`more than ${TRAILERS_MAX} trailers`] };
  const valuesOf = (key: Key): readonly string[] => trailers.filter((trailer) => trailer.key === key).map((trailer) => trailer.value);
  const dependsOn = dependenciesIn(valuesOf('depends-on'), problems);
  const target = targetIn(valuesOf('target'), problems);
  const priority = priorityIn(valuesOf('priority'), problems);
  return { asked: dependsOn === null || target === undefined ? null : { dependsOn, target, priority }, problems: problems.slice(0, PROBLEMS_MAX) };
}

const KEYS = ['depends-on', 'target', 'priority'] as const;
type Key = (typeof KEYS)[number];
type Trailer = { readonly key: Key; readonly value: string; readonly spelling: string | null };

/**
 * Trailers count in the marker's own paragraph, behind it, and in the last paragraphs that hold nothing else. Only
 * Depends-On counts anywhere below the subject: landing too early is worse than waiting.
 */
function trailersOf(lines: readonly string[], subjectAt: number, zoneAt: number): Trailer[] {
  const trailers: Trailer[] = [];
  for (let at = subjectAt + 1; at < lines.length && trailers.length <= TRAILERS_MAX; at += 1) {
    const trailer = trailerOf(lines[at] ?? '');
    if (trailer === null || (at < zoneAt && (trailer.key !== 'depends-on' || trailer.spelling !== null))) continue;
    const folded: string[] = [trailer.value];
    while (isFolded(lines[at + 1] ?? '')) folded.push((lines[at += 1] ?? '').trim());
    trailers.push({ ...trailer, value: folded.join(' ').trim() });
  }
  return trailers;
}

function zoneStart(lines: readonly string[], subjectAt: number, markerAt: number): number {
  let start = lines.length;
  for (let at = lines.length - 1; at > subjectAt; at -= 1) {
    const line = lines[at] ?? '';
    if (line === '') start = at + 1;
    else if (at !== markerAt && !isFolded(line) && keyOf(line) === null) break;
  }
  if (markerAt < 0) return start;
  let paragraph = markerAt;
  while (paragraph > subjectAt + 1 && lines[paragraph - 1] !== '') paragraph -= 1;
  return Math.min(start, paragraph);
}

function isFolded(line: string): boolean {
  return (line.startsWith(' ') || line.startsWith('\t')) && line.trim() !== '';
}

const KEY_CHARS_MAX = 40;
const KEY = /^[A-Za-z][A-Za-z0-9_ -]*$/;

function keyOf(line: string): string | null {
  const colon = line.slice(0, KEY_CHARS_MAX + 1).indexOf(':');
  const key = colon < 0 ? '' : line.slice(0, colon);
  return KEY.test(key) ? key : null;
}

function trailerOf(line: string): Trailer | null {
  const written = keyOf(line);
  if (written === null) return null;
  const key = KEYS.find((known) => bare(known) === bare(written));
  if (key === undefined) return null;
  const spelling = written.toLowerCase() === key ? null : `write \`Depends-On:\` instead of \`${written}:\``;
  return { key, value: line.slice(written.length + 1).trim(), spelling };
}

function bare(key: string): string {
  return key.toLowerCase().replaceAll(/[ _-]/g, '');
}

/** null: too many to be told which ones matter. */
function dependenciesIn(values: readonly string[], problems: string[]): readonly string[] | null {
  const written = values.flatMap((value) => value.split(',', WRITTEN_MAX + 1)).map((name) => name.trim());
  const names = [...new Set(written.filter((name) => name !== ''))];
  if (names.length > DEPENDENCIES_MAX || written.length > WRITTEN_MAX) {
    problems.unshift(`Depends-On: names more than ${DEPENDENCIES_MAX} branches`);
    return null;
  }
  if (written.includes('')) problems.push('Depends-On: has an empty name');
  for (const name of names) {
    const parsed = parseBranch(name);
    if (!parsed.ok) problems.push(`Depends-On: \`${printable(name, 80)}\` is no branch name: ${parsed.why}`);
  }
  return names;
}

/** undefined: several, and nobody here may choose where work lands. */
function targetIn(values: readonly string[], problems: string[]): string | null | undefined {
  const names = [...new Set(values.filter((value) => value !== ''))];
  if (values.includes('')) problems.push('Target: is empty');
  const [first, second] = names;
  if (second === undefined) return first ?? null;
  problems.unshift(`Target: names two branches, \`${printable(first ?? '', 80)}\` and \`${printable(second, 80)}\``);
  return undefined;
}

function priorityIn(values: readonly string[], problems: string[]): Priority | null {
  const read = values.map((value) => PRIORITIES.find((known) => known === value.toLowerCase()) ?? null);
  values.forEach((value, at) => {
    if (read[at] === null) problems.push(`Priority: \`${printable(value, 40)}\` is none of ${PRIORITIES.join(', ')}`);
  });
  const [first, second] = new Set(read.filter((priority) => priority !== null));
  if (second === undefined) return first ?? null;
  problems.push('Priority: is given twice and differs');
  return null;
}
