// Which of the files that one side took away it renamed, as git decides it: equal content first, then the only two files of one name,
// then the most similar ones. Where the decision hangs on less than can be measured here, it says so.
import { MODE, Blob } from '../object/node.ts';
import type { Entry } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import type { Delta } from './delta.ts';
import { FolderGuess, type Expected } from './folder-guess.ts';
import { BLOB_BYTES_MAX } from './merge-file.ts';
import type { Decline, Shelf } from './outcome.ts';
import { nameOf } from './path.ts';
import { SIMILAR, SIMILAR_OF_ONE_NAME, mayBeSimilar, piecesOf, similarity, type Pieces, type Similarity } from './similarity.ts';

const COMPARISONS_MAX = 20_000;
/** Of each new file git remembers only so many likely sources. */
const CANDIDATES_MAX = 4;
const EMPTY_BLOB = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

export type Renames =
  /** From the old path to the new one. */
  | { readonly kind: 'found'; readonly pairs: ReadonlyMap<string, string> }
  | { readonly kind: 'declined'; readonly why: Decline }
  | { readonly kind: 'missing'; readonly objects: readonly ObjectId[] };

type Files = ReadonlyMap<string, Entry>;

/** `relevant`: the paths whose fate decides anything; the others are only asked as far as git does. */
export function findRenames({ gone, added, removed }: Delta, relevant: ReadonlySet<string>, shelf: Shelf): Renames {
  const search = new Search(gone, added, removed, relevant, shelf);
  const problem = search.pairEqual() ?? search.pairSameNames() ?? (search.missing.size > 0 ? null : search.pairSimilar());
  if (search.missing.size > 0) return { kind: 'missing', objects: [...search.missing] };
  const why = search.unlike ?? problem;
  return why === null ? { kind: 'found', pairs: search.pairs } : { kind: 'declined', why };
}

/** Old and new paths of the same content. Git finds one of the old for each of the new, as long as there are any left. */
export function equalFiles(gone: Files, added: Files): readonly { readonly from: readonly string[]; readonly to: readonly string[] }[] {
  const targets = byContent(added);
  return [...byContent(gone)].flatMap(([content, from]) => {
    const to = targets.get(content);
    return to === undefined ? [] : [{ from, to }];
  });
}

class Search {
  readonly pairs = new Map<string, string>();
  readonly missing = new Set<ObjectId>();
  /** Git would compare it with another, in its own way. */
  unlike: Decline | null = null;
  readonly #sources: Map<string, Entry>;
  readonly #targets: Map<string, Entry>;
  readonly #relevant: ReadonlySet<string>;
  readonly #shelf: Shelf;
  readonly #pieces = new Map<ObjectId, Pieces>();
  readonly #guess: FolderGuess;
  /** Of the new files one of them is left, of the old ones one is taken; which of them hangs on git's inner order. */
  readonly #doubtedTargets = new Set<string>();
  readonly #doubtedNames = new Set<string>();

  constructor(gone: Files, added: Files, removed: ReadonlySet<string>, relevant: ReadonlySet<string>, shelf: Shelf) {
    this.#sources = new Map(gone);
    this.#targets = new Map(added);
    this.#guess = new FolderGuess(removed);
    this.#relevant = relevant;
    this.#shelf = shelf;
  }

  pairEqual(): Decline | null {
    for (const { from, to } of equalFiles(this.#sources, this.#targets)) {
      if (from.length === 1 && to.length === 1) this.#pairEqual(from[0] ?? '', to[0] ?? '');
      else if (!this.#pairByName(from, to) && !this.#pairUnasked(from, to)) return decline(from[0]);
    }
    return null;
  }

  /** Several files of one content: clear where each new one has exactly one old one of its own name. */
  #pairByName(from: readonly string[], to: readonly string[]): boolean {
    const names = new Map(from.map((path) => [nameOf(path), path]));
    const matched = to.flatMap((path) => names.has(nameOf(path)) ? [[names.get(nameOf(path)) ?? '', path] as const] : []);
    const isClear = names.size === from.length && new Set(to.map(nameOf)).size === to.length && matched.length === to.length;
    if (isClear) for (const [source, target] of matched) this.#pairEqual(source, target);
    return isClear;
  }

  #pairEqual(source: string, target: string): void {
    this.#guess.saw(source, target);
    this.#pair(source, target);
  }

  /** Who of them went where decides nothing as long as no other file hangs on it. */
  #pairUnasked(from: readonly string[], to: readonly string[]): boolean {
    if (from.some((path) => this.#relevant.has(path))) return false;
    for (const source of from) {
      this.#guess.doubts(source);
      if (to.length < from.length) this.#doubtedNames.add(nameOf(source));
    }
    for (const [at, source] of from.entries()) if (at < to.length) this.#sources.delete(source);
    for (const target of to) {
      if (to.length > from.length) this.#doubtedTargets.add(target);
      else this.#targets.delete(target);
    }
    return true;
  }

  /** The only two files of one name first; of several the one in the folder that git guesses. */
  pairSameNames(): Decline | null {
    const sources = byName(this.#sources);
    const targets = byName(this.#targets);
    const expected = new Set<string>();
    for (const source of [...this.#sources.keys()].filter((path) => this.#relevant.has(path) && targets.has(nameOf(path)))) {
      const namesake = this.#namesake(source, sources.get(nameOf(source)) ?? [], targets.get(nameOf(source)) ?? []);
      if (namesake === 'nowhere') continue;
      if (namesake === 'unclear' || expected.has(namesake.path)) return decline(source);
      expected.add(namesake.path);
      const found = this.#compare(source, namesake.path);
      if (found === null) continue;
      if (isNear(found, SIMILAR_OF_ONE_NAME)) return decline(source);
      if (found.score >= SIMILAR_OF_ONE_NAME) this.#pair(source, namesake.path);
    }
    return null;
  }

  /** The one file that git compares it with just for its name. */
  #namesake(source: string, sources: readonly string[], targets: readonly string[]): Expected {
    const sure = targets.filter((path) => !this.#doubtedTargets.has(path));
    if (this.#doubtedNames.has(nameOf(source)) || (sources.length === 1 && sure.length < Math.min(2, targets.length))) return 'unclear';
    if (sources.length === 1 && targets.length === 1) return { path: targets[0] ?? '' };
    const guess = this.#guess.of(source);
    if (guess === 'nowhere' || guess === 'unclear') return guess;
    if (this.#doubtedTargets.has(guess.path)) return 'unclear';
    return sure.includes(guess.path) ? guess : 'nowhere';
  }

  pairSimilar(): Decline | null {
    const sources = [...this.#sources.keys()].filter((path) => this.#relevant.has(path));
    if (sources.length * this.#targets.size > COMPARISONS_MAX) return { kind: 'too-large', path: sources[0] ?? '', bound: `${COMPARISONS_MAX} pairs to compare` };
    const candidates: Candidate[] = [];
    for (const target of this.#targets.keys()) {
      const before = candidates.length;
      for (const source of sources) {
        const found = this.#compare(source, target);
        if (found === null || found.score + found.margin < SIMILAR) continue;
        if (this.#doubtedTargets.has(target)) return decline(source);
        candidates.push({ source, target, ...found });
      }
      if (candidates.length - before > CANDIDATES_MAX) return decline(target);
    }
    return this.missing.size > 0 ? null : this.#pairBest(candidates);
  }

  /** From the most similar down. Where two that exclude each other are about equal, or one is about at the bound, nothing is said. */
  #pairBest(candidates: readonly Candidate[]): Decline | null {
    const left = candidates.toSorted((one, other) => other.score - one.score);
    for (const best of left) {
      if (!this.#sources.has(best.source) || !this.#targets.has(best.target)) continue;
      const isRival = (other: Candidate): boolean => other !== best && (other.source === best.source || other.target === best.target) && this.#sources.has(other.source) && this.#targets.has(other.target);
      if (isNear(best, SIMILAR) || left.some((other) => isRival(other) && isAbout(best, other))) return decline(best.source);
      if (best.score >= SIMILAR) this.#pair(best.source, best.target);
    }
    return null;
  }

  /** null: not comparable, or not read yet. */
  #compare(source: string, target: string): Similarity | null {
    const [from, to] = [this.#sources.get(source), this.#targets.get(target)];
    if (from === undefined || to === undefined || !isRegular(from) || !isRegular(to)) return null;
    if (this.#shelf.isOdd?.(source) === true || this.#shelf.isOdd?.(target) === true) {
      this.unlike ??= { kind: 'attribute', path: source };
      return null;
    }
    const [old, fresh] = [this.#read(from), this.#read(to)];
    if (old === null || fresh === null || !mayBeSimilar(old.length, fresh.length)) return null;
    if (Math.max(old.length, fresh.length) > BLOB_BYTES_MAX) {
      this.unlike ??= { kind: 'too-large', path: source, bound: `${BLOB_BYTES_MAX} bytes a file` };
      return null;
    }
    return similarity(this.#piecesOf(from.node.id, old), this.#piecesOf(to.node.id, fresh));
  }

  #read({ node }: Entry): Uint8Array | null {
    if (!(node instanceof Blob)) return null;
    const bytes = this.#shelf.bytes(node);
    if (bytes === null) this.missing.add(node.id);
    return bytes;
  }

  #piecesOf(id: ObjectId, bytes: Uint8Array): Pieces {
    const pieces = this.#pieces.get(id) ?? piecesOf(bytes);
    this.#pieces.set(id, pieces);
    return pieces;
  }

  #pair(source: string, target: string): void {
    this.pairs.set(source, target);
    this.#sources.delete(source);
    this.#targets.delete(target);
  }
}

type Candidate = Similarity & { readonly source: string; readonly target: string };

function isNear({ score, margin }: Similarity, bound: number): boolean {
  return margin > 0 && score > 0 && Math.abs(score - bound) <= margin;
}

function isAbout(one: Similarity, other: Similarity): boolean {
  return Math.abs(one.score - other.score) <= one.margin + other.margin;
}

function isRegular({ mode }: Entry): boolean {
  return mode === MODE.file || mode === MODE.executable;
}

/** Paths by what is in them; an empty file is nobody's. */
function byContent(files: Files): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [path, entry] of files) {
    if (entry.node.id !== EMPTY_BLOB) add(groups, `${isRegular(entry) ? 'file' : entry.mode} ${entry.node.id}`, path);
  }
  return groups;
}

function byName(files: Files): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const path of files.keys()) add(groups, nameOf(path), path);
  return groups;
}

function add(groups: Map<string, string[]>, key: string, path: string): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [path]);
  else group.push(path);
}

function decline(path = ''): Decline {
  return { kind: 'rename', path };
}
