// Questions to the remote that bring nothing in, and what its silence means. Knows no fetch and no push.
import { MaestroError } from '../../error.ts';
import { parseOid, printable } from '../../merge/branch.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import { publicName } from './address.ts';
import { diskTrouble, speaksOfDisk } from './disk.ts';
import type { Mirror } from './mirror.ts';
import type { GitResult } from './run.ts';
import type { Listed } from './wire-text.ts';

type Heads = { readonly heads: ReadonlyMap<string, Oid>; readonly defaultBranch: string | null; /** By ref, of any shape: see testament.ts. */ readonly testaments: ReadonlyMap<string, Oid> };

export const TESTAMENT_REFS = 'refs/maestro/testament/';

const HEADS = 'refs/heads/';
const ASK_TIMEOUT_MS = 60_000;

// Maestro asks nobody at a terminal, and reads no config of a clone.
const NO_CREDENTIALS = /could not read (?:username|password)|authentication failed/i;

/** All branches, what HEAD names and what outlived a ledger, in one question. */
export async function askAll(mirror: Mirror): Promise<Heads> {
  const listed = await mirror.wire?.list(['HEAD', HEADS, TESTAMENT_REFS]) ?? null;
  if (listed !== null) {
    const defaultBranch = listed.find(({ name, symref }) => name === 'HEAD' && symref?.startsWith(HEADS) === true)?.symref ?? null;
    return { heads: below(HEADS, listed), defaultBranch, testaments: below(TESTAMENT_REFS, listed) };
  }
  const lines = await askLines(mirror, ['--symref', mirror.address.url, 'HEAD', `${HEADS}*`, `${TESTAMENT_REFS}*`]);
  const [, defaultBranch = null] = lines.map((line) => /^ref: (refs\/heads\/.+)\tHEAD$/.exec(line)).find((match) => match !== null) ?? [];
  return { heads: parseRefs(lines, HEADS), defaultBranch, testaments: parseRefs(lines, TESTAMENT_REFS) };
}

/** `only` is one branch; without it, all of them. The prefix keeps a remote from sending the thousands of refs it has elsewhere. */
export async function askHeads(mirror: Mirror, only?: RefName): Promise<ReadonlyMap<string, Oid>> {
  const there = only === undefined ? null : mirror.folder?.head(only) ?? null;
  if (only !== undefined && there !== null) return new Map([[only, there]]);
  const listed = await mirror.wire?.list([only ?? HEADS]) ?? null;
  if (listed !== null) return below(HEADS, listed.filter(({ name }) => only === undefined || name === only));
  return parseRefs(await askLines(mirror, ['--heads', mirror.address.url, ...(only === undefined ? [] : [only])]), HEADS);
}

/** Refs anywhere, by full name; the value is the commit a tag stands for. The remote sends all its refs for this: not for every landing. */
export async function askRefs(mirror: Mirror, names: readonly string[]): Promise<ReadonlyMap<string, Oid>> {
  const wanted = new Set(names);
  const found = new Map<string, Oid>();
  for (const line of await askLines(mirror, [mirror.address.url, ...names, ...names.map((name) => `${name}^{}`)])) {
    const [id = '', name = ''] = line.split('\t');
    const oid = parseOid(id);
    // The peeled line comes after its tag's own.
    const plain = name.replace(/\^\{\}$/, '');
    if (oid !== null && wanted.has(plain)) found.set(plain, oid);
  }
  return found;
}

export async function askLines(mirror: Mirror, args: readonly string[]): Promise<readonly string[]> {
  const result = await reach(mirror, ['ls-remote', '--quiet', ...args], { timeoutMs: ASK_TIMEOUT_MS });
  if (result.code !== 0) throw unreachable(mirror, result);
  return result.stdout.toString('utf8').split('\n');
}

export async function askTestaments(mirror: Mirror): Promise<ReadonlyMap<string, Oid>> {
  return parseRefs(await askLines(mirror, [mirror.address.url, `${TESTAMENT_REFS}*`]), TESTAMENT_REFS);
}

function below(prefix: string, listed: readonly Listed[]): ReadonlyMap<string, Oid> {
  return new Map(listed.flatMap(({ name, oid }) => name.startsWith(prefix) ? [[name, oid] as const] : []));
}

function parseRefs(lines: readonly string[], prefix: string): ReadonlyMap<string, Oid> {
  const refs = new Map<string, Oid>();
  for (const line of lines) {
    const [id = '', name = ''] = line.split('\t');
    const oid = parseOid(id);
    if (oid !== null && name.startsWith(prefix)) refs.set(name, oid);
  }
  return refs;
}

/** A remote that does not answer in time is unreachable, however git puts it. */
export async function reach(mirror: Mirror, args: readonly string[], call: Parameters<Mirror['reach']>[1]): Promise<GitResult> {
  try {
    return await mirror.reach(args, call);
  } catch (cause) {
    if (cause instanceof MaestroError && cause.code === 'timeout') throw new MaestroError('unreachable', `The remote ${publicName(mirror.address.url)} did not answer in time.`, { retryable: true, cause });
    throw cause;
  }
}

export function unreachable(mirror: Mirror, result: GitResult): MaestroError {
  if (speaksOfDisk(result.stderr)) return diskTrouble(`The mirror cannot be written: ${lastWords(result.stderr)}`);
  const next = NO_CREDENTIALS.test(result.stderr) ? { next: 'name a credential helper in your global git config: git config --global credential.helper' } : {};
  return new MaestroError('unreachable', `The remote ${publicName(mirror.address.url)} does not answer: ${lastWords(result.stderr)}`, { retryable: true, ...next });
}

/** What git and the remote complained of, for people. */
export function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /^(?:fatal|error|remote|ERROR|ssh)\b/.test(line));
  return printable((lines.length > 0 ? lines : stderr.trim().split('\n')).slice(0, 3).join(' '));
}
