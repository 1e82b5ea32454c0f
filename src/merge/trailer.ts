// The trailers of a ready commit: Depends-On, Target, Priority. Knows no repository: names are kept as written.
import { parseBranch, printable } from './branch.ts';
import { PRIORITIES } from './policy.ts';
import type { Priority } from './policy.ts';
import { isNearly } from './spelling.ts';

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
  const counts = countingLines(lines, subjectAt, markerAt);
  const trailers = trailersOf(lines, subjectAt, counts);
  if (trailers.length > TRAILERS_MAX) return { asked: null, problems: [`more than ${TRAILERS_MAX} trailers`] };
  const typos = lines.flatMap((line, at) => counts[at] === true ? typoIn(line) : []);
  const problems = [...typos, ...trailers.flatMap((trailer) => trailer.spelling === null ? [] : [trailer.spelling]), ...lines.flatMap((line, at) => at > subjectAt && counts[at] === false ? strayIn(line) : [])];
  const valuesOf = (key: Key): readonly string[] => trailers.filter((trailer) => trailer.key === key).map((trailer) => trailer.value);
  const dependsOn = dependenciesIn(valuesOf('depends-on'), problems);
  const target = targetIn(valuesOf('target'), problems);
  const priority = priorityIn(valuesOf('priority'), problems);
  const told = typos.length === 0 && dependsOn !== null && target !== undefined;
  return { asked: told ? { dependsOn, target, priority } : null, problems: problems.slice(0, PROBLEMS_MAX) };
}

/** Whether a line is `Some-Key: ...`, as trailers are. */
export function isTrailer(line: string): boolean {
  return keyOf(line) !== null;
}

const KEYS = ['depends-on', 'target', 'priority'] as const;
type Key = (typeof KEYS)[number];
const SPELLED: Readonly<Record<Key, string>> = { 'depends-on': 'Depends-On', target: 'Target', priority: 'Priority' };
type Trailer = { readonly key: Key; readonly value: string; readonly spelling: string | null };

/** Only Depends-On counts also where no trailers are expected: landing too early is worse than waiting. */
function trailersOf(lines: readonly string[], subjectAt: number, counts: readonly boolean[]): Trailer[] {
  const trailers: Trailer[] = [];
  for (let at = subjectAt + 1; at < lines.length && trailers.length <= TRAILERS_MAX; at += 1) {
    const trailer = trailerOf(lines[at] ?? '');
    if (trailer === null || (counts[at] !== true && (trailer.key !== 'depends-on' || trailer.spelling !== null))) continue;
    const folded: string[] = [trailer.value];
    while (isFolded(lines[at + 1] ?? '')) folded.push((lines[at += 1] ?? '').trim());
    trailers.push({ ...trailer, value: folded.join(' ').trim() });
  }
  return trailers;
}

/** For each line whether trailers count there: from the marker's own paragraph on, and in every paragraph that holds nothing else. */
function countingLines(lines: readonly string[], subjectAt: number, markerAt: number): readonly boolean[] {
  const counts = lines.map(() => false);
  for (let start = subjectAt + 1; start < lines.length;) {
    const gap = lines.indexOf('', start);
    const end = gap < 0 ? lines.length : gap;
    const pure = lines.slice(start, end).every((line, offset) => start + offset === markerAt || isFolded(line) || isTrailer(line));
    counts.fill(pure || (markerAt >= 0 && markerAt < end), start, end);
    start = end + 1;
  }
  return counts;
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

/** What people write for Depends-On, too far from it to be called a typo. */
const OTHER_NAMES = new Set(['dependency', 'dependencies', 'depends']);

/** The complaint about a key that was meant as one of ours: "Depneds-On: a". Prose behind a colon is left alone. */
function typoIn(line: string): readonly string[] {
  const written = keyOf(line);
  if (written === null || trailerOf(line) !== null || !parseBranch(line.slice(written.length + 1).split(',', 1).join('').trim()).ok) return [];
  const key = OTHER_NAMES.has(bare(written)) ? KEYS[0] : KEYS.find((known) => isNearly(bare(written), bare(known)));
  return key === undefined ? [] : [`write \`${SPELLED[key]}:\` instead of \`${written}:\``];
}

/** The complaint about a trailer in the middle of prose, if its value is one that could have been read. */
function strayIn(line: string): readonly string[] {
  const trailer = trailerOf(line);
  if (trailer === null || trailer.key === 'depends-on') return [];
  const meant = trailer.key === 'target' ? parseBranch(trailer.value).ok : PRIORITIES.some((known) => known === trailer.value.toLowerCase());
  return meant ? [`${SPELLED[trailer.key]}: is not read in the middle of a paragraph; put it below the marker or in a paragraph of its own`] : [];
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

/** undefined: no branch, or several, and nobody here may choose where work lands. */
function targetIn(values: readonly string[], problems: string[]): string | null | undefined {
  const names = [...new Set(values.filter((value) => value !== ''))];
  if (values.includes('')) problems.push('Target: is empty');
  const [first, second] = names;
  if (second === undefined) return first === undefined ? null : oneTarget(first, problems);
  problems.unshift(`Target: names two branches, \`${printable(first ?? '', 80)}\` and \`${printable(second, 80)}\``);
  return undefined;
}

function oneTarget(name: string, problems: string[]): string | undefined {
  const parsed = parseBranch(name);
  if (parsed.ok) return name;
  problems.unshift(`Target: \`${printable(name, 80)}\` is no branch name: ${parsed.why}`);
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
