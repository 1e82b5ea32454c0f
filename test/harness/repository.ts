// Real git histories in milliseconds: objects are written straight into a bare repository. Knows nothing of Maestro but its git runner.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { bindGit, gitEnvironment } from '../../src/adapter/git/run.ts';
import type { GitRunner } from '../../src/adapter/git/run.ts';
import type { Oid } from '../../src/merge/branch.ts';

/** What a path becomes: text, bytes, nothing (deleted), or an entry with its own mode (`oid` for a submodule's commit). */
export type Content = string | Buffer | null | { readonly mode: string; readonly content?: string | Buffer; readonly oid?: string };
export type Files = Readonly<Record<string, Content>>;
/** `parents` default to the tip of `branch` when it has one. `keep: false` starts from an empty tree. */
export type CommitChoices = { readonly parents?: readonly Oid[]; readonly branch?: string; readonly author?: string; readonly atMs?: number; readonly keep?: boolean };
export type TreeEntry = { readonly mode: string; readonly name: string | Buffer; readonly oid: string };

export type Repository = {
  readonly bare: string;
  readonly runner: GitRunner;
  /** The files change on top of the first parent's. Returns the new commit; moves `branch` to it when named. */
  commit(files: Files, message: string, choices?: CommitChoices): Promise<Oid>;
  /** A commit of any tree, also one git would refuse to make. */
  commitTree(tree: string, message: string, parents?: readonly Oid[]): Oid;
  /** Writes a raw object unchecked. */
  object(type: 'blob' | 'tree' | 'commit', body: Buffer): Oid;
  /** Writes a tree object as given: unsorted, hostile names and all. */
  tree(entries: readonly TreeEntry[]): Oid;
  branch(name: string, tip: Oid): Oid;
  /** stdout of git on the repository, without the last newline; throws on a non-zero exit. */
  git(args: readonly string[], input?: string | Buffer): Promise<string>;
  dispose(): void;
};

const MODE_FILE = '100644';
const MODE_TREE = '40000';

type Entry = { readonly mode: string; readonly oid: string };
/** Full paths, bytes as latin1. */
type Listing = ReadonlyMap<string, Entry>;

export async function repository(format: 'sha1' | 'sha256' = 'sha1'): Promise<Repository> {
  const bare = mkdtempSync(join(tmpdir(), 'maestro-repository-'));
  await call(['init', '-q', '--bare', '--template=', `--object-format=${format}`, '-b', 'main', bare]);
  const git = (args: readonly string[], input?: string | Buffer): Promise<string> => call([`--git-dir=${bare}`, ...args], input);
  const object = (type: string, body: Buffer): Oid => writeObject(bare, format, type, body);
  const listings = new Map<string, Listing>();
  const tips = new Map<string, Oid>();
  let atMs = Date.UTC(2026, 0, 1);

  const branch = (name: string, tip: Oid): Oid => {
    const file = join(bare, 'refs/heads', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${tip}\n`);
    tips.set(name, tip);
    return tip;
  };
  const listingOf = async (commit: Oid | undefined): Promise<Listing> => {
    if (commit === undefined) return new Map();
    return listings.get(commit) ?? parseListing(await callRaw([`--git-dir=${bare}`, 'ls-tree', '-r', '-z', commit]));
  };
  const commitOf = (tree: string, message: string, parents: readonly Oid[], author: string, when: number): Oid => {
    const who = `${author} ${Math.floor(when / 1000)} +0000`;
    const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), `author ${who}`, `committer ${who}`, '', message];
    return object('commit', Buffer.from(`${lines.join('\n')}\n`));
  };

  return {
    bare, object, branch, git,
    runner: bindGit(bare),
    tree: (entries) => object('tree', treeBody(entries)),
    commitTree: (tree, message, parents = []) => commitOf(tree, message, parents, 'Agent <agent@example.org>', atMs += 1000),
    commit: async (files, message, choices = {}) => {
      const known = choices.branch === undefined ? undefined : tips.get(choices.branch);
      const parents = choices.parents ?? (known === undefined ? [] : [known]);
      const listing = changed(choices.keep === false ? new Map() : await listingOf(parents[0]), files, object);
      const tree = writeTree(listing, object);
      const commit = commitOf(tree, message, parents, choices.author ?? 'Agent <agent@example.org>', choices.atMs ?? (atMs += 1000));
      listings.set(commit, listing);
      if (choices.branch !== undefined) branch(choices.branch, commit);
      return commit;
    },
    dispose: () => rmSync(bare, { recursive: true, force: true }),
  };
}

function changed(listing: Listing, files: Files, object: (type: string, body: Buffer) => Oid): Listing {
  const next = new Map(listing);
  for (const [name, content] of Object.entries(files)) {
    const path = Buffer.from(name, 'utf8').toString('latin1');
    // A file takes the place of a folder of its name.
    for (const other of next.keys()) if (content !== null && other.startsWith(`${path}/`)) next.delete(other);
    if (content === null) next.delete(path);
    else if (typeof content === 'string' || Buffer.isBuffer(content)) next.set(path, { mode: MODE_FILE, oid: object('blob', Buffer.from(content)) });
    else next.set(path, { mode: content.mode, oid: content.oid ?? object('blob', Buffer.from(content.content ?? '')) });
  }
  return next;
}

function writeTree(listing: Listing, object: (type: string, body: Buffer) => Oid): Oid {
  const folders = new Map<string, Map<string, Entry>>();
  const entries: TreeEntry[] = [];
  for (const [path, entry] of listing) {
    const slash = path.indexOf('/');
    if (slash === -1) {
      entries.push({ ...entry, name: Buffer.from(path, 'latin1') });
      continue;
    }
    const folder = folders.get(path.slice(0, slash)) ?? new Map<string, Entry>();
    folder.set(path.slice(slash + 1), entry);
    folders.set(path.slice(0, slash), folder);
  }
  for (const [name, inner] of folders) entries.push({ mode: MODE_TREE, name: Buffer.from(name, 'latin1'), oid: writeTree(inner, object) });
  return object('tree', treeBody(entries.toSorted((a, b) => Buffer.compare(sortKey(a), sortKey(b)))));
}

function sortKey(entry: TreeEntry): Buffer {
  return Buffer.concat([Buffer.from(entry.name), Buffer.from(entry.mode === MODE_TREE ? '/' : '')]);
}

function treeBody(entries: readonly TreeEntry[]): Buffer {
  return Buffer.concat(entries.flatMap((e) => [Buffer.from(`${e.mode} `), Buffer.from(e.name), Buffer.from([0]), Buffer.from(e.oid, 'hex')]));
}

function parseListing(listed: Buffer): Listing {
  const found = new Map<string, Entry>();
  for (const line of listed.toString('latin1').split('\0')) {
    const [, mode = '', oid = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t([^]*)$/.exec(line) ?? [];
    if (path !== '') found.set(path, { mode, oid });
  }
  return found;
}

function writeObject(bare: string, format: string, type: string, body: Buffer): Oid {
  const content = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
  const oid = createHash(format).update(content).digest('hex') as Oid;
  const folder = join(bare, 'objects', oid.slice(0, 2));
  const file = join(folder, oid.slice(2));
  if (existsSync(file)) return oid;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, deflateSync(content, { level: 1 }));
  return oid;
}

async function call(args: readonly string[], input?: string | Buffer): Promise<string> {
  return (await callRaw(args, input)).toString('utf8').replace(/\n$/, '');
}

function callRaw(args: readonly string[], input?: string | Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = execFile('git', [...args], { env: gitEnvironment(), encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`git ${args.join(' ')}: ${stderr.toString('utf8')}`, { cause: error }));
      else resolve(stdout);
    });
    // A git that needs no input may be gone before it is written.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}
