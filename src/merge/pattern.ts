// Patterns of branch names: `*` within a segment, `**` for one or more whole segments, `{name}` captures within a segment.
// No pattern ever becomes a regular expression: config text must not be able to make matching slow.

export const PATTERN_CHARS_MAX = 200;
const NAME_CHARS_MAX = 200;

type Captures = Map<string, string>;

/**
 * The captures of `name` (a short branch name) when `pattern` matches it, else null. `*` may be empty, a capture may not;
 * both take the shortest text after which the rest still fits.
 */
export function matchPattern(pattern: string, name: string): ReadonlyMap<string, string> | null {
  if (pattern.length > PATTERN_CHARS_MAX || name.length > NAME_CHARS_MAX || name.split('/').includes('')) return null;
  // Most patterns fail here: whatever stands before the first wild must be there as it is.
  const wildAt = pattern.search(/[*{]/);
  if (wildAt === -1) return pattern === name ? new Map() : null;
  if (!name.startsWith(pattern.slice(0, wildAt))) return null;
  const names = name.split('/');
  const groups = groupsOf(pattern);
  const captures: Captures = new Map();
  let at = 0;
  for (const [index, group] of groups.entries()) {
    const latest = names.length - group.length;
    const earliest = index === groups.length - 1 ? latest : at;
    if (earliest < at || (groups.length === 1 && latest !== 0)) return null;
    const found = firstFit(group, names, earliest, index === 0 ? 0 : latest, captures);
    if (found === null) return null;
    at = found + group.length + 1;   // `**` eats at least one segment
  }
  return captures;
}

/** `team/{team}` with its captures filled in; null when the template asks for one that is not there or holds a `*`. */
export function fillPattern(template: string, captures: ReadonlyMap<string, string>): string | null {
  let filled = '';
  for (const piece of piecesOf(template)) {
    const value = piece.wild === null ? '' : piece.wild === '*' ? undefined : captures.get(piece.wild);
    if (value === undefined) return null;
    filled += value + piece.literal;
  }
  return filled;
}

/** The names a pattern captures, in order. */
export function captureNames(pattern: string): readonly string[] {
  return piecesOf(pattern).flatMap((piece) => piece.wild === null || piece.wild === '*' ? [] : [piece.wild]);
}

/** `team/{team}-*` -> `team/*-*`: a glob for a shell's `case`, whose `*` crosses `/`, so it may match more, never less. */
export function shellGlob(pattern: string): string {
  return piecesOf(pattern).map((piece) => (piece.wild === null ? '' : '*') + piece.literal).join('').replaceAll('**', '*');
}

const CHARACTERS = /^[A-Za-z0-9._/*{}-]+$/;
const CAPTURE = /^[a-z][a-z0-9_]{0,30}$/;

/** Why this is no pattern, or null. */
export function patternProblem(pattern: string): string | null {
  if (pattern === '') return 'the pattern is empty';
  if (pattern.length > PATTERN_CHARS_MAX) return `the pattern is longer than ${PATTERN_CHARS_MAX} characters`;
  if (!CHARACTERS.test(pattern)) return 'only letters, digits, . _ - / and *, **, {name} are accepted';
  if (pattern.startsWith('refs/')) return 'write the branch without refs/heads/';
  const segments = pattern.split('/');
  if (segments.includes('')) return 'a part between slashes is empty';
  if (segments.some((segment, at) => segment === '**' && segments[at + 1] === '**')) return 'two ** stand side by side';
  const names = captureNames(pattern);
  if (new Set(names).size !== names.length) return 'a {name} is used twice';
  return segments.map(segmentProblem).find((problem) => problem !== null) ?? null;
}

function segmentProblem(segment: string): string | null {
  if (segment === '**') return null;
  if (segment.includes('**')) return '** must stand alone between slashes';
  const pieces = piecesOf(segment);
  if (pieces.some((piece) => piece.literal.includes('{') || piece.literal.includes('}'))) return 'a { or } has no partner';
  if (pieces.some((piece) => piece.wild !== null && piece.wild !== '*' && !CAPTURE.test(piece.wild))) return 'a {name} is lower-case letters, digits and _, starting with a letter';
  if (pieces.slice(1, -1).some((piece) => piece.literal === '')) return 'two of * and {name} need something between them';
  return null;
}

/** Segments between the `**`s. */
function groupsOf(pattern: string): readonly (readonly string[])[] {
  const groups: string[][] = [[]];
  for (const segment of pattern.split('/')) {
    if (segment === '**') groups.push([]);
    else groups.at(-1)?.push(segment);
  }
  return groups;
}

/** The first position from `from` to `to` where every segment of the group fits; its captures are added. */
function firstFit(group: readonly string[], names: readonly string[], from: number, to: number, captures: Captures): number | null {
  for (let at = from; at <= to; at += 1) {
    const found: Captures = new Map();
    if (!group.every((segment, offset) => segmentFits(segment, names[at + offset] ?? '', found))) continue;
    for (const [name, value] of found) captures.set(name, value);
    return at;
  }
  return null;
}

function segmentFits(segment: string, name: string, captures: Captures): boolean {
  const [head, ...wilds] = piecesOf(segment);
  if (head === undefined || wilds.length === 0) return segment === name;
  if (!name.startsWith(head.literal)) return false;
  let at = head.literal.length;
  for (const [index, { wild, literal }] of wilds.entries()) {
    const earliest = wild === '*' ? at : at + 1;
    // Taking the first place is enough for every piece but the last: what comes later only gains room.
    const end = index < wilds.length - 1 ? name.indexOf(literal, earliest) : name.endsWith(literal) ? name.length - literal.length : -1;
    if (end < earliest) return false;
    if (wild !== null && wild !== '*') captures.set(wild, name.slice(at, end));
    at = end + literal.length;
  }
  return true;
}

/** Literal text behind a wild: `*`, the name of a capture, or null at the head. */
type Piece = { readonly wild: string | null; readonly literal: string };

function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let wild: string | null = null;
  let literalAt = 0;
  for (let at = 0; at < text.length; at += 1) {
    const close = text.charAt(at) === '{' ? text.indexOf('}', at) : at;
    if (close < 0 || (text.charAt(at) !== '*' && text.charAt(at) !== '{')) continue;
    pieces.push({ wild, literal: text.slice(literalAt, at) });
    wild = text.charAt(at) === '*' ? '*' : text.slice(at + 1, close);
    at = close;
    literalAt = close + 1;
  }
  pieces.push({ wild, literal: text.slice(literalAt) });
  return pieces;
}
