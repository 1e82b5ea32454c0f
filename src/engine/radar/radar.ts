// Every live branch of one target against the target and against every other, by real three-way merges. Only what moved is looked at again.
// Reads nothing: what is not in memory is named, and asked for by whoever holds the repository.
import { foresee, type Foresight } from '../merge/foresee.ts';
import { mergeTrees } from '../merge/merge-trees.ts';
import { withOdd, type Clash, type Decline, type Shelf } from '../merge/outcome.ts';
import { differences } from '../object/difference.ts';
import { isSame, Tree } from '../object/node.ts';
import type { ObjectId } from '../object/id.ts';
import { LineBook } from '../merge/line-book.ts';
import { mergePair, type Side } from './pair.ts';
import { PathIndex } from './path-index.ts';

/** `base`: what it has in common with the target, merged where there are several merge bases; null: there is none, or only git can say. */
export type RadarBranch = { readonly name: string; readonly tip: ObjectId; readonly tree: Tree; readonly base: Tree | null };

/** What became of one merge. `asked`: git said so, where the engine declined. */
export type Finding =
  | { readonly kind: 'clash'; readonly clashes: readonly Clash[]; readonly by: 'engine' | 'git' }
  /** Nobody said yet; `why` the engine did not. */
  | { readonly kind: 'open'; readonly why: Decline | { readonly kind: 'unread' } };

/** `ours` in a clash's hunks is `one`. */
export type Collision = { readonly one: string; readonly other: string; readonly finding: Finding };

/** What two tips have in common. `unknown`: not worked out yet; `git`: only git can say. */
export type PairBase = (one: RadarBranch, other: RadarBranch) => Tree | 'git' | 'unknown';

/** What has to be there before the radar can go on. Empty: it is current. */
export type Wants = { readonly objects: readonly ObjectId[]; readonly bases: readonly (readonly [one: string, other: string])[] };

type Gathering = { readonly objects: Set<ObjectId>; readonly bases: (readonly [one: string, other: string])[] };

const SEVERAL: Finding = { kind: 'open', why: { kind: 'bases', count: 2 } };

/** `isTargetDue`, `due`: not compared yet with the target, with these others. `side` null: not read yet. */
type Track = { readonly branch: RadarBranch; side: Side | 'unfit' | null; isTargetDue: boolean; due: readonly string[]; target: Finding | null };

/** A branch that changed more is not looked at path by path. */
const CHANGES_MAX = 20_000;

/** A branch, or the target with all branches of these names in it. */
type Ahead = { readonly names: readonly string[]; readonly tree: Tree; readonly base: Tree | null };

export class Radar {
  readonly #tracks = new Map<string, Track>();
  readonly #index = new PathIndex();
  readonly #book = new LineBook();
  /** By both names, each way round; what is not in it is clean. */
  readonly #found = new Map<string, Map<string, Collision>>();
  #target: Tree | null = null;
  #odd: readonly string[] = [];

  /** A new tip of the target: the branches against it are due, what they are to each other stays. Below the `odd` folders git is asked about texts. */
  aim(target: Tree, odd: readonly string[]): void {
    if (this.#target !== null && isSame(this.#target, target) && this.#odd.join('\n') === odd.join('\n')) return;
    this.#target = target;
    this.#odd = odd;
    for (const track of this.#tracks.values()) track.isTargetDue = true;
  }

  /** A branch that is new, moved, or has another base by now. The same one again costs nothing. */
  put(branch: RadarBranch): void {
    const known = this.#tracks.get(branch.name)?.branch;
    if (known?.tip === branch.tip && (known.base === branch.base || (known.base !== null && branch.base !== null && isSame(known.base, branch.base)))) return;
    this.remove(branch.name);
    this.#tracks.set(branch.name, { branch, side: null, isTargetDue: true, due: [], target: null });
  }

  remove(name: string): void {
    this.#tracks.delete(name);
    this.#index.remove(name);
    for (const other of this.#found.get(name)?.keys() ?? []) this.#found.get(other)?.delete(name);
    this.#found.delete(name);
  }

  get names(): readonly string[] {
    return [...this.#tracks.keys()];
  }

  /** Does what can be done with what is there. */
  settle(from: Shelf, baseOf: PairBase): Wants {
    const shelf = withOdd(from, this.#odd);
    const wants: Gathering = { objects: new Set(), bases: [] };
    for (const track of this.#tracks.values()) if (track.side === null) this.#read(track, shelf, wants.objects);
    for (const track of this.#tracks.values()) {
      if (track.isTargetDue) this.#compareWithTarget(track, shelf, wants.objects);
      if (track.due.length > 0) this.#compareWithOthers(track, shelf, baseOf, wants);
    }
    return { objects: [...wants.objects], bases: wants.bases };
  }

  /** Everything the branches still wait for is left open. */
  giveUp(): void {
    for (const track of this.#tracks.values()) {
      if (track.isTargetDue || track.side === null) track.target = { kind: 'open', why: { kind: 'unread' } };
      track.isTargetDue = false;
      track.side ??= 'unfit';
      for (const name of track.due) this.#note(track.branch.name, name, { kind: 'open', why: { kind: 'unread' } });
      track.due = [];
    }
  }

  against(name: string): Finding | null {
    return this.#tracks.get(name)?.target ?? null;
  }

  /** What the target would be after each of these, in this order; who does not go with those before is left out. */
  foresee(names: readonly string[], shares: (name: string, before: readonly string[]) => boolean, from: Shelf): Foresight {
    const commits = names.flatMap((name): Ahead[] => {
      const branch = this.#tracks.get(name)?.branch;
      return branch === undefined ? [] : [{ names: [name], tree: branch.tree, base: branch.base }];
    });
    const mergeBases = (onto: Ahead, { names: [name = ''], base }: Ahead): readonly Ahead[] => base === null || shares(name, onto.names) ? [] : [{ names: [], tree: base, base: null }];
    return foresee({
      start: { names: [], tree: this.#target ?? Tree.of([]), base: null },
      tips: commits,
      history: { mergeBases, treeOf: ({ tree }) => tree },
      after: (onto, at, outcome) => outcome.kind === 'clean' ? { names: [...onto.names, ...commits[at]?.names ?? []], tree: outcome.tree, base: null } : onto,
    }, withOdd(from, this.#odd));
  }

  pathsOf(name: string): readonly string[] {
    const side = this.#tracks.get(name)?.side;
    return side === null || side === undefined || side === 'unfit' ? [] : [...side.edits.keys()];
  }

  /** Each pair once, in the order the branches came. */
  collisions(): readonly Collision[] {
    return [...this.#found].flatMap(([name, others]) => [...others.values()].filter((one) => one.one === name));
  }

  collisionsOf(name: string): readonly Collision[] {
    return [...this.#found.get(name)?.values() ?? []];
  }

  /** Git's word on what the engine declined; `other` null: against the target. No clashes: clean. */
  answer(one: string, other: string | null, clashes: readonly Clash[]): void {
    const finding: Finding | null = clashes.length === 0 ? null : { kind: 'clash', clashes, by: 'git' };
    const track = this.#tracks.get(one);
    if (other !== null) this.#note(one, other, finding);
    else if (track !== undefined) track.target = finding;
  }

  #read(track: Track, shelf: Shelf, missing: Set<ObjectId>): void {
    const { tree, base } = track.branch;
    if (base === null) {
      track.side = 'unfit';
      return;
    }
    const found = differences(base, tree, shelf, CHANGES_MAX);
    if (found.kind === 'missing') for (const { id } of found.trees) missing.add(id);
    if (found.kind === 'too-many') track.side = 'unfit';
    if (found.kind !== 'found') return;
    track.side = { tree, base, removed: found.removed, edits: new Map(found.differences.map((change) => [change.path, change])) };
    this.#index.put(track.branch.name, found);
    // Those that were read before: so each pair is looked at once.
    track.due = [...this.#index.partnersOf(track.branch.name)];
  }

  #compareWithTarget(track: Track, shelf: Shelf, missing: Set<ObjectId>): void {
    if (this.#target === null) return;
    const { base, tree } = track.branch;
    const outcome = base === null ? null : mergeTrees(base, this.#target, tree, shelf);
    if (outcome?.kind === 'missing') {
      for (const id of outcome.objects) missing.add(id);
      return;
    }
    track.isTargetDue = false;
    track.target = outcome === null ? SEVERAL : outcome.kind === 'conflict' ? { kind: 'clash', clashes: outcome.clashes, by: 'engine' } : outcome.kind === 'declined' ? { kind: 'open', why: outcome.why } : null;
  }

  #compareWithOthers(track: Track, shelf: Shelf, baseOf: PairBase, wants: Gathering): void {
    track.due = track.due.filter((name) => {
      const other = this.#tracks.get(name);
      const finding = other === undefined ? 'clean' : this.#compare(track, other, shelf, baseOf, wants);
      if (finding !== null) this.#note(track.branch.name, name, finding === 'clean' ? null : finding);
      return finding === null;
    });
  }

  /** null: something is missing. */
  #compare(one: Track, other: Track, shelf: Shelf, baseOf: PairBase, wants: Gathering): Finding | 'clean' | null {
    // One that moved meanwhile is looked at as what it is by then.
    if (one.side === null || one.side === 'unfit' || other.side === null || other.side === 'unfit') return 'clean';
    const base = baseOf(one.branch, other.branch);
    if (base === 'git') return SEVERAL;
    if (base !== 'unknown') return this.#merge(base, one.side, other.side, shelf, wants.objects);
    wants.bases.push([one.branch.name, other.branch.name]);
    return null;
  }

  #merge(base: Tree, one: Side, other: Side, shelf: Shelf, missing: Set<ObjectId>): Finding | 'clean' | null {
    const outcome = mergePair(base, one, other, this.#book, shelf);
    switch (outcome.kind) {
      case 'clean': return 'clean';
      case 'conflict': return { kind: 'clash', clashes: outcome.clashes, by: 'engine' };
      case 'declined': return { kind: 'open', why: outcome.why };
      case 'missing':
        for (const id of outcome.objects) missing.add(id);
        return null;
    }
  }

  #note(one: string, other: string, finding: Finding | null): void {
    for (const [name, partner] of [[one, other], [other, one]] as const) {
      const row = this.#found.get(name);
      if (finding === null) row?.delete(partner);
      else if (row === undefined) this.#found.set(name, new Map([[partner, { one, other, finding }]]));
      else row.set(partner, { one, other, finding });
    }
  }
}
