// A commit, in memory, with git's own bytes. Its id is found when somebody asks, its parents' first; what was read keeps the id it had.
import { MaestroError } from '../../error.ts';
import { Preimage, type Sink } from './preimage.ts';
import { isObjectId, objectId, type ObjectId } from './id.ts';
import type { Tree } from './node.ts';

/** Who, and when: whole seconds since 1970, and the zone's offset as git writes it (`+0130`). */
export type Signature = { readonly name: string; readonly email: string; readonly seconds: number; readonly zone: string };

export type CommitBody = {
  readonly tree: Tree;
  readonly parents: readonly Commit[];
  readonly author: Signature;
  readonly committer: Signature;
  /** As it is: nothing is cleaned, no line end is added. */
  readonly message: string;
};

export class Commit {
  readonly tree: Tree;
  /** null: not in memory but for its tree's id; `Commit.known` made it. */
  readonly body: CommitBody | null;
  /** In the history that holds it, which sets it once; -1: in none yet. */
  number = -1;
  #id: ObjectId | null;

  private constructor(tree: Tree, body: CommitBody | null, id: ObjectId | null) {
    this.tree = tree;
    this.body = body;
    this.#id = id;
  }

  /** Throws `usage` where git could not read the result again. */
  static of(body: CommitBody): Commit {
    if (body.author !== checked) checkSignature(body.author);
    if (body.committer !== body.author) checkSignature(body.committer);
    checked = body.author;
    if (body.message.includes('\0')) throw new MaestroError('usage', 'the message of a commit has a zero byte in it');
    return new Commit(body.tree, body, null);
  }

  static known(id: ObjectId, tree: Tree): Commit {
    if (!isObjectId(id)) throw new MaestroError('usage', `${JSON.stringify(id)} is no id of a SHA-1 object`);
    return new Commit(tree, null, id);
  }

  get kind(): 'commit' {
    return 'commit';
  }

  get id(): ObjectId {
    return this.#id ?? sealed(this);
  }

  get isSealed(): boolean {
    return this.#id !== null;
  }

  /** With all parents sealed. */
  seal(): ObjectId {
    return this.#id ??= this.body === null ? objectId('commit', new Uint8Array()) : idOf(this.body);
  }
}

/** The last one that was found in order: agents commit many times a second. */
let checked: Signature | null = null;

/** The body of a commit object, to be written as UTF-8. */
export function encodeCommit(body: CommitBody): string {
  let text = '';
  writeCommit(body, { write: (piece) => void (text += piece) });
  return text;
}

const preimage = new Preimage();

function idOf(body: CommitBody): ObjectId {
  preimage.begin();
  writeCommit(body, preimage);
  return preimage.id('commit') ?? objectId('commit', Buffer.from(encodeCommit(body), 'utf8'));
}

function writeCommit({ tree, parents, author, committer, message }: CommitBody, to: Sink): void {
  to.write('tree ');
  to.write(tree.id);
  for (let at = 0; at < parents.length; at += 1) {
    to.write('\nparent ');
    to.write(parents[at]?.id ?? '');
  }
  to.write('\nauthor ');
  to.write(signatureText(author));
  to.write('\ncommitter ');
  to.write(signatureText(committer));
  to.write('\n\n');
  to.write(message);
}

/** The last one, as git writes it: mostly it is asked for twice, and by the next commit again. */
let signed: { readonly signature: Signature; readonly text: string } | null = null;

function signatureText(signature: Signature): string {
  if (signed?.signature === signature) return signed.text;
  const { name, email, seconds, zone } = signature;
  const text = `${name} <${email}> ${seconds} ${zone}`;
  signed = { signature, text };
  return text;
}

/** Oldest first and without recursion: ten thousand commits may wait for their ids. */
function sealed(commit: Commit): ObjectId {
  const waiting = [commit];
  for (let top = commit; ; top = waiting.at(-1) ?? commit) {
    const before = waiting.length;
    for (const parent of top.body?.parents ?? []) if (!parent.isSealed) waiting.push(parent);
    if (waiting.length > before) continue;
    top.seal();
    waiting.pop();
    if (waiting.length === 0) return commit.seal();
  }
}

function checkSignature({ name, email, seconds, zone }: Signature): void {
  if (BROKEN.test(name) || BROKEN.test(email)) throw new MaestroError('usage', `${JSON.stringify(`${name} <${email}>`)} is no name and address that git could read again`);
  if (!Number.isSafeInteger(seconds) || seconds < 0) throw new MaestroError('usage', `${seconds} are no whole seconds since 1970`);
  if (!ZONE.test(zone)) throw new MaestroError('usage', `${JSON.stringify(zone)} is no offset like +0130`);
}

const BROKEN = /[<>\n\0]|^\s|\s$/;
const ZONE = /^[+-]\d{4}$/;
