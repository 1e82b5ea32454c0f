// What a commit holds, in memory: trees, blobs, and submodules' commits. Nodes are shared between trees and never change;
// only their ids are found when somebody asks, and what can be read again may leave memory. Reads nothing by itself.
// A `kind` is no field: a commit makes half a dozen nodes, and memory is what it waits for.
import { hexOf, isOneDigest, objectDigest, objectId } from './id.ts';
import type { Digest, ObjectId } from './id.ts';
import { Image } from './image.ts';

const NO_BYTES = new Uint8Array();

export const MODE = { file: 0o100644, executable: 0o100755, link: 0o120000, module: 0o160000, tree: 0o40000 } as const;

export type Mode = (typeof MODE)[keyof typeof MODE];

export type Node = Blob | Tree | Module;

/** `name`: the bytes of one path component, each as one char (latin1), so that any bytes survive and compare as git compares them. */
export type Entry = { readonly name: string; readonly mode: Mode; readonly node: Node };

/** The content of a file or the target of a symbolic link. */
export class Blob {
  /** null: not in memory, to be read by its id. */
  bytes: Uint8Array | null;
  #digest: Digest | null;

  private constructor(bytes: Uint8Array | null, id: ObjectId | null) {
    this.bytes = bytes;
    this.#digest = id;
  }

  static of(bytes: Uint8Array): Blob {
    return new Blob(bytes, null);
  }

  static known(id: ObjectId, bytes: Uint8Array | null = null): Blob {
    return new Blob(bytes, id);
  }

  get kind(): 'blob' {
    return 'blob';
  }

  get id(): ObjectId {
    return this.#digest = this.#digest === null ? objectId('blob', this.bytes ?? NO_BYTES) : hexOf(this.#digest);
  }

  get digest(): Digest {
    return this.#digest ??= objectDigest('blob', this.bytes ?? NO_BYTES, 'binary');
  }

  get isSealed(): boolean {
    return this.#digest !== null;
  }
}

/** A commit of another repository, by id; git never looks into it. */
export class Module {
  readonly kind = 'module';
  readonly id: ObjectId;

  constructor(id: ObjectId) {
    this.id = id;
  }

  get digest(): Digest {
    return this.id;
  }
}

/** A tree is the entry of its own parent, under the name it was made for: nearly every tree needs one, and that is one object less to make and to look at. */
export class Tree implements Entry {
  /** Fields, as in any other entry: merges read them at every name. */
  readonly mode = MODE.tree;
  readonly node = this;
  /** '': of no parent, or of one that has an entry for it. */
  readonly name: string;
  /** In git's order (`compareEntries`). null: not in memory, to be read by its id. */
  entries: readonly Entry[] | null;
  #digest: Digest | null;
  /** Shared with other versions of this directory. */
  #image: Image | null = null;

  private constructor(entries: readonly Entry[] | null, id: ObjectId | null, name: string) {
    this.entries = entries;
    this.#digest = id;
    this.name = name;
  }

  static of(entries: readonly Entry[]): Tree {
    return new Tree(entries, null, '');
  }

  static known(id: ObjectId, entries: readonly Entry[] | null = null): Tree {
    return new Tree(entries, id, '');
  }

  /** The next version of this directory: most of its entries are this tree's too, and its id is found the faster for it. */
  with(entries: readonly Entry[], name = this.name): Tree {
    const next = new Tree(entries, null, name);
    if (this.entries?.length === 0) return next;
    next.#image = this.#image ??= new Image();
    return next;
  }

  get kind(): 'tree' {
    return 'tree';
  }

  /** Seals everything below that has no id yet. */
  get id(): ObjectId {
    return this.#digest = this.#digest === null ? this.#seal('hex') : hexOf(this.#digest);
  }

  get digest(): Digest {
    return this.#digest ??= this.#seal('binary');
  }

  #seal(form: 'hex' | 'binary'): Digest {
    const image = (this.#image ?? new Image()).draw(this.entries ?? []);
    if (this.#image !== null) this.#image = image;
    return image.digest(form);
  }

  get isSealed(): boolean {
    return this.#digest !== null;
  }
}

/** Without looking deeper than the ids: two nodes that hold the same. */
export function isSame(one: Node | undefined, other: Node | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && one.kind === other.kind && isOneDigest(one.digest, other.digest));
}

/** Trees without an id are not hashed for this: entering them is faster, and comes to the same. */
export function isKnownSame(one: Node, other: Node): boolean {
  if (one === other) return true;
  if (one.kind !== other.kind) return false;
  if (one.kind === 'tree' && other.kind === 'tree' && !(one.isSealed && other.isSealed)) return false;
  return isOneDigest(one.digest, other.digest);
}

/** Git's order: by bytes, a tree as if its name ended in a slash. */
export function compareEntries(one: Entry, other: Entry): number {
  const [left, right] = [sortName(one), sortName(other)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function sortName({ name, mode }: Entry): string {
  return mode === MODE.tree ? `${name}/` : name;
}
