// CODEOWNERS: who is asked about which paths, by GitHub's rules. Knows no forge: where the file is read from is the caller's question.
// No pattern becomes a regular expression, and all matching of one call shares a bounded number of steps.

/** GitHub ignores a larger file. */
export const OWNERS_FILE_CHARS_MAX = 3 * 1024 * 1024;
const PATTERN_CHARS_MAX = 512;
const PATH_CHARS_MAX = 4096;
const PATHS_MAX = 100;
const STEPS_MAX = 20_000_000;
/** A pull request takes no more reviewers. */
const REVIEWERS_MAX = 15;

/** `segments`: `**` stands for any number of whole segments, `*` and `?` are wild within one. `[]` owners: nobody owns it. */
type OwnerRule = { readonly segments: readonly string[]; readonly owners: readonly string[] };
export type CodeOwners = readonly OwnerRule[];

/** Logins, and teams as `org/slug`; both without `@`. */
export type Reviewers = { readonly users: readonly string[]; readonly teams: readonly string[] };

/** Rules in the file's order; a line GitHub would not understand is skipped, as GitHub skips it. */
export function parseCodeOwners(text: string): CodeOwners {
  return text.length > OWNERS_FILE_CHARS_MAX ? [] : text.split(/\r?\n/).flatMap((line) => ruleOf(line) ?? []);
}

/** Whom to ask about these paths: their owners, else `fallback` (as CODEOWNERS would write them); never the author. */
export function reviewersOf(paths: readonly string[], rules: CodeOwners, author: string, fallback: readonly string[]): Reviewers {
  const owners = ownersOf(paths, rules);
  const asked = split(owners, author);
  return asked.users.length + asked.teams.length > 0 ? asked : split(fallback, author);
}

function ownersOf(paths: readonly string[], rules: CodeOwners): readonly string[] {
  const budget = { steps: STEPS_MAX };
  return paths.slice(0, PATHS_MAX).flatMap((path) => {
    if (path.length > PATH_CHARS_MAX) return [];
    const names = path.split('/');
    // The last match wins. Where the steps run out nobody is found, and whoever is configured is asked.
    return rules.findLast((rule) => fits(rule.segments, names, budget))?.owners ?? [];
  });
}

function split(owners: readonly string[], author: string): Reviewers {
  // Logins and slugs know no case.
  const unique = new Map(owners.map((owner) => [owner.toLowerCase(), owner.replace(/^@/, '')]));
  unique.delete(`@${author.toLowerCase()}`);
  const asked = [...unique.values()].filter((owner) => !owner.includes('@')).slice(0, REVIEWERS_MAX);
  return { users: asked.filter((owner) => !owner.includes('/')), teams: asked.filter((owner) => owner.includes('/')) };
}

const OWNER = /^@[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?$/;
const EMAIL = /^[^\s@]{1,100}@[^\s@]{1,100}$/;

function ruleOf(line: string): OwnerRule | null {
  const [pattern, ...owners] = wordsOf(line);
  // Neither negation nor character ranges: GitHub calls such a line invalid.
  if (pattern === undefined || pattern.length > PATTERN_CHARS_MAX || /^!|[[\]]/.test(pattern)) return null;
  if (!owners.every((owner) => OWNER.test(owner) || EMAIL.test(owner))) return null;
  const segments = segmentsOf(pattern);
  return segments === null ? null : { segments, owners: owners.filter((owner) => OWNER.test(owner)) };
}

/** Words up to a comment; a backslash keeps the blank behind it in its word. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const word of line.trim().split(/[ \t]+/)) {
    const before = words.at(-1);
    if (before?.endsWith('\\') === true) words.splice(-1, 1, `${before.slice(0, -1)} ${word}`);
    else if (word.startsWith('#')) break;
    else if (word !== '') words.push(word);
  }
  return words;
}

/** Spelt out: where it may start and whether it reaches below what it names. */
function segmentsOf(pattern: string): readonly string[] | null {
  const isFolder = pattern.endsWith('/');
  const inner = pattern.slice(pattern.startsWith('/') ? 1 : 0, isFolder ? -1 : undefined);
  if (inner === '' && pattern !== '/') return null;
  const names = inner === '' ? [] : inner.split('/');
  if (names.includes('')) return null;
  const anywhere = names.length === 1 && !pattern.startsWith('/') && names[0] !== '**' ? ['**'] : [];
  const last = names.at(-1);
  // `docs/*` stops at the files of docs; `docs`, `docs/` and `docs/**` reach all the way down.
  const below = isFolder || last === undefined ? ['**', '*'] : last === '**' ? ['*'] : last === '*' ? [] : ['**'];
  return [...anywhere, ...names, ...below];
}

type Budget = { steps: number };

function fits(segments: readonly string[], names: readonly string[], budget: Budget): boolean {
  return wildFits(segments, names, (segment) => segment === '**', (segment, name) => segment === name || segmentFits(segment, name, budget), budget);
}

function segmentFits(segment: string, name: string, budget: Budget): boolean {
  const wildAt = segment.search(/[*?]/);
  if (wildAt === -1 || segment.slice(0, wildAt) !== name.slice(0, wildAt)) return false;
  return wildFits(segment, name, (char) => char === '*', (char, other) => char === '?' || char === other, budget);
}

/** Whether `text` is what `pattern` says, where a star stands for any run of items. Only the latest star is ever reconsidered. */
function wildFits<Item>(pattern: ArrayLike<Item>, text: ArrayLike<Item>, isStar: (item: Item) => boolean, isFit: (item: Item, other: Item) => boolean, budget: Budget): boolean {
  let at = 0;
  let starAt = -1;
  let resumeAt = 0;
  for (let read = 0; read < text.length; budget.steps -= 1) {
    if (budget.steps <= 0) return false;
    const item = pattern[at];
    const other = text[read];
    if (item !== undefined && isStar(item)) {
      starAt = at;
      resumeAt = read;
      at += 1;
    } else if (item !== undefined && other !== undefined && isFit(item, other)) {
      at += 1;
      read += 1;
    } else if (starAt >= 0) {
      resumeAt += 1;
      at = starAt + 1;
      read = resumeAt;
    } else return false;
  }
  while (at < pattern.length) {
    const item = pattern[at];
    if (item === undefined || !isStar(item)) return false;
    at += 1;
  }
  return true;
}
