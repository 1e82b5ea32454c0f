// A history of commits as plain data: a tree is a map from path to one word, ancestry is a bit set. Knows no remote and no Maestro.
import type { Oid } from '../../src/merge/branch.ts';
import type { Commit } from '../../src/port/git.ts';

export type Files = ReadonlyMap<string, string>;
export type SymbolicCommit = Commit & { readonly files: Files; readonly index: number; readonly reach: bigint };
export type Clash = { readonly path: string; readonly base: string | null; readonly ours: string | null; readonly theirs: string | null };
export type Merged = { readonly files: Files; readonly clashes: readonly Clash[] };

export class History {
  readonly #commits: SymbolicCommit[] = [];
  readonly #byOid = new Map<string, SymbolicCommit>();
  readonly #byContent = new Map<string, SymbolicCommit>();
  readonly #trees = new Map<string, Oid>();
  readonly #filesOf = new Map<string, Files>();

  /** Equal content is the same commit, as in Git. */
  commit(files: Files, parents: readonly Oid[], message: string, author = 'agent'): SymbolicCommit {
    const tree = this.tree(files);
    const content = `${tree}|${parents.join(',')}|${message}`;
    const known = this.#byContent.get(content);
    if (known !== undefined) return known;
    const index = this.#commits.length;
    const oid = named('c', index);
    let reach = 1n << BigInt(index);
    for (const parent of parents) reach |= this.get(parent).reach;
    const made = { oid, tree, parents, message, author, files, index, reach };
    this.#commits.push(made);
    this.#byOid.set(oid, made);
    this.#byContent.set(content, made);
    return made;
  }

  tree(files: Files): Oid {
    const content = [...files].map(([path, word]) => `${path}=${word}`).sort().join('\n');
    const known = this.#trees.get(content);
    if (known !== undefined) return known;
    const tree = named('a', this.#trees.size);
    this.#trees.set(content, tree);
    this.#filesOf.set(tree, files);
    return tree;
  }

  filesOf(tree: Oid): Files {
    const files = this.#filesOf.get(tree);
    if (files === undefined) throw new Error(`no tree ${tree}`);
    return files;
  }

  find(oid: Oid): SymbolicCommit | null {
    return this.#byOid.get(oid) ?? null;
  }

  get(oid: Oid): SymbolicCommit {
    const commit = this.#byOid.get(oid);
    if (commit === undefined) throw new Error(`no commit ${oid}`);
    return commit;
  }

  /** Is `a` in the history of `b`? */
  isAncestor(a: Oid, b: Oid): boolean {
    return (this.get(b).reach & (1n << BigInt(this.get(a).index))) !== 0n;
  }

  relation(a: Oid, b: Oid): 'same' | 'forward' | 'rewound' | 'diverged' {
    if (a === b) return 'same';
    return this.isAncestor(a, b) ? 'forward' : this.isAncestor(b, a) ? 'rewound' : 'diverged';
  }

  /** Best common ancestors, newest first. */
  mergeBases(a: Oid, b: Oid): readonly SymbolicCommit[] {
    let common = this.get(a).reach & this.get(b).reach;
    const bases: SymbolicCommit[] = [];
    while (common !== 0n) {
      const newest = this.#commits[common.toString(2).length - 1];
      if (newest === undefined) break;
      bases.push(newest);
      common &= ~newest.reach;
    }
    return bases;
  }

  /** Per path: who changed it wins; both changed it differently: a clash, and ours stays in `files`. */
  merge(base: Files, ours: Files, theirs: Files): Merged {
    const files = new Map(ours);
    const clashes: Clash[] = [];
    for (const path of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
      const [was, mine, yours] = [base.get(path) ?? null, ours.get(path) ?? null, theirs.get(path) ?? null];
      if (mine === yours || yours === was) continue;
      if (mine !== was) clashes.push({ path, base: was, ours: mine, theirs: yours });
      else if (yours === null) files.delete(path);
      else files.set(path, yours);
    }
    return { files, clashes };
  }

  /** `onto` without what `commit` brought against its first parent. */
  undo(commit: Oid, onto: Files): Merged {
    const { files, parents } = this.get(commit);
    const before = parents[0];
    return before === undefined ? { files: onto, clashes: [] } : this.merge(files, onto, this.get(before).files);
  }

  /** From `tip` back along first parents to (not including) `stop`, oldest first; null when `stop` is never met. */
  firstParents(tip: Oid, stop: Oid | null): readonly SymbolicCommit[] | null {
    const line: SymbolicCommit[] = [];
    let at: Oid | undefined = tip;
    while (at !== undefined && at !== stop) {
      const commit: SymbolicCommit = this.get(at);
      line.push(commit);
      at = commit.parents[0];
    }
    return at === (stop ?? undefined) ? line.toReversed() : null;
  }
}

export function changedPaths(a: Files, b: Files): readonly string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path)).sort();
}

function named(kind: string, index: number): Oid {
  return `${kind}${index.toString(16).padStart(39, '0')}` as Oid;
}
