// Maestro's own bare repository in the state directory: a cache of the remote that may be thrown away at any time. Knows no branch and no merge.
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MaestroError } from '../../error.ts';
import { parseOid } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import { parseAddress } from './address.ts';
import type { Address } from './address.ts';
import { networkEnvironment, tokenEnvironment } from './credentials.ts';
import { onDisk } from './disk.ts';
import { openFolderStore, type FolderStore } from './folder-store.ts';
import { bindGit } from './run.ts';
import type { GitCall, GitResult, GitRunner } from './run.ts';
import { overFolder } from './wire-folder.ts';
import { overHttp } from './wire-http.ts';
import { openWire, type Wire } from './wire.ts';

export type Algorithm = 'sha1' | 'sha256';

/** A token for the remote, asked for before each call: they end within the hour. */
export type Token = () => Promise<string>;

export type Mirror = {
  readonly directory: string;
  readonly address: Address;
  readonly git: GitRunner;
  algorithm(): Algorithm;
  /** A call that meets the remote: with the user's credentials, ended by `close`. */
  reach(args: readonly string[], call?: GitCall): Promise<GitResult>;
  /** The same remote without git between: where a forge gives tokens, and where it is a folder. */
  readonly wire: Wire | null;
  /** The remote's own files, where it is a folder of SHA-1 objects. */
  readonly folder: FolderStore | null;
  /** Names below refs/maestro/; the mirror has no other refs. */
  readRef(name: string): Oid | null;
  writeRef(name: string, oid: Oid): void;
  /** One, or a folder of them. */
  removeRef(name: string): void;
  /** Starts again from nothing: what is on the remote comes back with the next fetch. */
  rebuild(algorithm: Algorithm): void;
  close(): void;
};

const FOLDERS = ['objects/info', 'objects/pack', 'refs/heads', 'refs/maestro/in', 'refs/maestro/pin'];
/** What a push under way is about to send; of no use to any other. */
export const OUT_REFS = 'refs/maestro/out';
const GIT_OWN = ['HEAD', 'config', 'objects', 'refs', 'packed-refs', 'FETCH_HEAD', 'shallow', 'logs'];
const REMOTE_CONFIG = 'remote.config';
const CORRUPT = /object file .* is empty|is corrupt|loose object|bad (?:object|tree|signature)|unable to read (?:tree|sha1|[0-9a-f]{40})|missing (?:blob|tree|commit|object)|broken ref|invalid sha1 pointer|not a git repository: '|packfile .* (?:cannot|does not|is)|garbage at end of|inflate: data stream error/i;

/** A new one is taken for SHA-1 until the remote's first answer says otherwise: opening asks nobody. */
export async function openMirror(directory: string, remote: string, token: Token | null = null): Promise<Mirror> {
  const address = parseAddress(remote);
  const known = existingAlgorithm(directory);
  if (known === null) remake(directory, 'sha1');
  else sweep(directory);
  const mirror = await bind(directory, address, known ?? 'sha1', token);
  if (known !== null && !await isWhole(mirror)) mirror.rebuild(known);
  return mirror;
}

/** Words by which git says that its own objects cannot be read; the remote's troubles are its own. */
export function soundsCorrupt(words: string): boolean {
  return words.split('\n').some((line) => !line.startsWith('remote:') && CORRUPT.test(line));
}

async function bind(directory: string, address: Address, algorithm: Algorithm, token: Token | null): Promise<Mirror> {
  let current = algorithm;
  const git = bindGit(directory, address.settings);
  const ending = new AbortController();
  const folder = address.path === null ? null : openFolderStore(address.path);
  const wire = wireTo(directory, address, token, ending.signal);
  const own = address.path === null && token === null ? await networkEnvironment() : {};
  const access = async (): Promise<Readonly<Record<string, string>>> => token === null ? own : tokenEnvironment(address.url, await token());
  return {
    directory, address, git,
    // What it says of objects is said of SHA-1.
    get wire() { return current === 'sha1' ? wire : null; },
    get folder() { return current === 'sha1' ? folder : null; },
    algorithm: () => current,
    reach: async (args, call = {}) => git.run(args, { ...call, env: { ...await access(), ...ownerEnvironment(directory, address.path) }, signal: ending.signal }),
    readRef: (name) => readRef(join(directory, name)),
    writeRef: (name, oid) => writeRef(directory, name, oid),
    removeRef: (name) => rmSync(join(directory, name), { force: true, recursive: true }),
    rebuild: (next) => {
      current = next;
      remake(directory, next);
    },
    close: () => ending.abort(),
  };
}

function wireTo(directory: string, { url, path }: Address, token: Token | null, ending: AbortSignal): Wire | null {
  if (token !== null) return openWire(overHttp(url, token, ending));
  return path === null ? null : openWire(overFolder(path, directory, () => ownerEnvironment(directory, path), ending));
}

/** Written by hand: `git init` takes as long as a fetch. What others keep in the folder beside git's own stays. */
function remake(directory: string, algorithm: Algorithm): void {
  try {
    for (const name of GIT_OWN) rmSync(join(directory, name), { recursive: true, force: true });
    for (const folder of FOLDERS) mkdirSync(join(directory, folder), { recursive: true });
    chmodSync(directory, 0o700);
    writeFileSync(join(directory, 'config'), configText(algorithm));
    writeFileSync(join(directory, 'HEAD'), 'ref: refs/heads/none\n');
  } catch (cause) {
    throw new MaestroError('disk', 'The mirror of the remote cannot be written.', { cause, next: 'maestro doctor' });
  }
}

function configText(algorithm: Algorithm): string {
  if (algorithm === 'sha1') return '[core]\n\trepositoryformatversion = 0\n\tbare = true\n';
  return '[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n';
}

/** null: there is no mirror yet, or not enough of one to be worth keeping. */
function existingAlgorithm(directory: string): Algorithm | null {
  const config = readText(join(directory, 'config'));
  const written = (['sha1', 'sha256'] as const).find((algorithm) => configText(algorithm) === config);
  return written !== undefined && existsSync(join(directory, 'HEAD')) && existsSync(join(directory, 'objects')) ? written : null;
}

/** What a killed git left behind. Only we use the mirror, and the caller holds the state, so no lock in it can be alive. */
function sweep(directory: string): void {
  for (const folder of FOLDERS) mkdirSync(join(directory, folder), { recursive: true });
  rmSync(join(directory, OUT_REFS), { recursive: true, force: true });
  for (const folder of ['', 'refs/maestro/in', 'refs/maestro/pin', 'objects', 'objects/info', 'objects/pack']) {
    for (const name of readdirSync(join(directory, folder))) {
      if (name.endsWith('.lock') || /^(?:tmp_|incoming-|tmp-ref-)/.test(name)) rmSync(join(directory, folder, name), { recursive: true, force: true });
    }
  }
}

async function isWhole(mirror: Mirror): Promise<boolean> {
  const result = await mirror.git.run(['for-each-ref', '--format=%(objecttype)']);
  return result.code === 0 && !soundsCorrupt(result.stderr);
}

/**
 * Git refuses a folder that another user owns, unless global config names it. The child that git starts on the remote's side
 * sees no `-c` and no GIT_CONFIG_COUNT, so a file it is, and only for that folder.
 */
function ownerEnvironment(directory: string, path: string | null): Readonly<Record<string, string>> {
  if (path === null || !ownedByAnother(path)) return {};
  const file = join(directory, REMOTE_CONFIG);
  const names = new Set([path, join(path, '.git'), realpathSync(path), join(realpathSync(path), '.git')]);
  const text = `[safe]\n${[...names].map((name) => `\tdirectory = ${quoted(name)}\n`).join('')}`;
  if (readText(file) !== text) writeFileSync(file, text, { mode: 0o600 });
  return { GIT_CONFIG_GLOBAL: file };
}

function ownedByAnother(path: string): boolean {
  const mine = process.geteuid?.();
  const found = [path, join(path, '.git')].map((one) => statSync(one, { throwIfNoEntry: false }));
  return found.some((stat) => stat !== undefined && stat.uid !== mine);
}

function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, (c) => `\\${c}`)}"`;
}

function readRef(file: string): Oid | null {
  const text = readText(file);
  return text === null ? null : parseOid(text.trim());
}

function writeRef(directory: string, name: string, oid: Oid): void {
  const file = join(directory, name);
  const temporary = join(directory, `tmp-ref-${oid}`);
  onDisk(temporary, () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, `${oid}\n`);
    renameSync(temporary, file);
  });
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
