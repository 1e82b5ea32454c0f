// Reads a landing's certificate back from the remote: the message of the tag object behind its audit ref.
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';
import { parseOid } from '../../merge/branch.ts';
import type { RequestId } from '../../merge/request.ts';
import type { Landed } from '../../port/git.ts';
import { askLines, reach, unreachable } from './ask.ts';
import type { Mirror } from './mirror.ts';

const LANDINGS_MAX = 50;
const TIMEOUT_MS = 60_000;

/** The last one, when the same request was landed again after a rollback. */
export async function readCertificate(mirror: Mirror, request: RequestId): Promise<string> {
  const text = await lastOf(mirror, request);
  if (text === null) throw unknown(request);
  return text;
}

/** The same as the landing it tells of; null where there is none, or somebody wrote something else there. */
export async function readLanding(mirror: Mirror, request: RequestId): Promise<Landed | null> {
  const text = await lastOf(mirror, request);
  if (text === null) return null;
  // Loaded where there is something to read: it is seldom asked for.
  const { parseCertificate } = await import('./certificate-text.ts');
  const landed = parseCertificate(text);
  return landed?.id === request ? landed : null;
}

async function lastOf(mirror: Mirror, request: RequestId): Promise<string | null> {
  if (!/^[0-9a-z]{1,64}$/.test(request)) return null;
  const found = parse(await askLines(mirror, [mirror.address.url, `refs/maestro/merge/${request}*`]), request).slice(0, LANDINGS_MAX);
  const tags = await Promise.all(found.map((record) => readTag(mirror, record)));
  const last = tags.flatMap((tag) => tag ?? []).toSorted((a, b) => b.atSeconds - a.atSeconds)[0];
  return last?.message ?? null;
}

type Found = { readonly ref: string; readonly tag: Oid };

/** The pattern of the question also meets longer ids. */
function parse(lines: readonly string[], request: string): readonly Found[] {
  const own = `refs/maestro/merge/${request}`;
  return lines.flatMap((line) => {
    const [id = '', ref = ''] = line.split('\t');
    const tag = parseOid(id);
    return tag !== null && ref.startsWith(own) && /^(?:-[0-9a-f]+)?$/.test(ref.slice(own.length)) ? [{ ref, tag }] : [];
  });
}

type Tag = { readonly atSeconds: number; readonly message: string };

/** Mostly it was written here and is still here. null: somebody put something else in its place. */
async function readTag(mirror: Mirror, { ref, tag }: Found): Promise<Tag | null> {
  const here = await mirror.git.run(['cat-file', 'tag', tag]);
  if (here.code === 0) return parseTag(here.stdout.toString('utf8'));
  const fetched = await reach(mirror, ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', mirror.address.url, ref], { timeoutMs: TIMEOUT_MS });
  if (fetched.code !== 0) throw unreachable(mirror, fetched);
  const now = await mirror.git.run(['cat-file', 'tag', tag]);
  return now.code === 0 ? parseTag(now.stdout.toString('utf8')) : null;
}

function parseTag(text: string): Tag {
  const blank = text.indexOf('\n\n');
  const [, at = '0'] = / (\d+) [+-]\d{4}$/m.exec(text.slice(0, blank)) ?? [];
  return { atSeconds: Number(at), message: text.slice(blank + 2) };
}

function unknown(request: string): MaestroError {
  return new MaestroError('unknown-request', `The remote has no certificate of ${request.slice(0, 64)}.`, { next: 'maestro status' });
}
