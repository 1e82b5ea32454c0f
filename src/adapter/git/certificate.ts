// Reads a landing's certificate back from the remote: the message of the tag object behind its audit ref. Whoever may push refs may put anything
// there: what counts is a text that its tag and the merge it tells of bear out.
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';
import { parseOid } from '../../merge/branch.ts';
import type { RequestId } from '../../merge/request.ts';
import type { Landed } from '../../port/git.ts';
import { askLines, reach, unreachable } from './ask.ts';
import type { Mirror } from './mirror.ts';
import type { DatedCommit, Reader } from './read.ts';

const LANDINGS_MAX = 50;
const TIMEOUT_MS = 60_000;

type Tools = { readonly mirror: Mirror; readonly reader: Pick<Reader, 'commit'> };

/** Of this merge. Throws `unknown-request` where nothing stands there, `certificate-unsound` where what does is not borne out. */
export async function readCertificate(tools: Tools, request: RequestId, merge: Oid): Promise<string> {
  const records = await recordsOf(tools, request);
  const found = records.find((record) => record.kind === 'sound' && record.merge.oid === merge);
  if (found?.kind === 'sound') return found.text;
  const [first] = records;
  if (first === undefined) throw new MaestroError('unknown-request', `The remote has no certificate of ${request.slice(0, 64)}.`, { next: 'maestro status' });
  const why = first.kind === 'sound' ? 'it tells of another landing than the last one' : first.why;
  throw new MaestroError('certificate-unsound', `What the remote has as the certificate of ${request} cannot be believed: ${why}.`, { next: `git ls-remote origin 'refs/maestro/merge/${request}*'` });
}

/** The last landing of this request that a certificate tells of; null where none is borne out. */
export async function readLanding(tools: Tools, request: RequestId): Promise<Landed | null> {
  const sound = (await recordsOf(tools, request)).flatMap((record) => record.kind === 'sound' ? [record] : []);
  // By the merges' own clock, which stands in the history: a later landing is built on a later target.
  return sound.toSorted((a, b) => b.merge.at - a.merge.at)[0]?.landed ?? null;
}

/** `why`: the end of a sentence. */
type Record = { readonly kind: 'sound'; readonly text: string; readonly landed: Landed; readonly merge: DatedCommit } | { readonly kind: 'unsound'; readonly why: string };

/** The plain ref first. */
async function recordsOf(tools: Tools, request: RequestId): Promise<readonly Record[]> {
  if (!/^[0-9a-z]{1,64}$/.test(request)) return [];
  const found = parse(await askLines(tools.mirror, [tools.mirror.address.url, `refs/maestro/merge/${request}*`]), request);
  return Promise.all(found.toSorted((a, b) => a.ref.length - b.ref.length).slice(0, LANDINGS_MAX).map((one) => readRecord(tools, request, one)));
}

type Found = { readonly ref: string; readonly tag: Oid; /** Of a landing that found the plain ref taken: its merge. */ readonly of: string | null };

/** The pattern of the question also meets longer ids. */
function parse(lines: readonly string[], request: string): readonly Found[] {
  const own = `refs/maestro/merge/${request}`;
  return lines.flatMap((line) => {
    const [id = '', ref = ''] = line.split('\t');
    const tag = parseOid(id);
    const rest = /^(?:-([0-9a-f]+))?$/.exec(ref.slice(own.length));
    return tag !== null && ref.startsWith(own) && rest !== null ? [{ ref, tag, of: rest[1] ?? null }] : [];
  });
}

async function readRecord({ mirror, reader }: Tools, request: RequestId, found: Found): Promise<Record> {
  const tag = await readTag(mirror, found);
  if (tag === null) return { kind: 'unsound', why: 'it is no tag object' };
  // Loaded where there is something to read: it is seldom asked for.
  const { parseCertificate, untruthIn } = await import('./certificate-text.ts');
  const landed = parseCertificate(tag.message);
  if (landed === null) return { kind: 'unsound', why: 'its text is none that Maestro writes' };
  if (landed.id !== request) return { kind: 'unsound', why: 'it is that of another request' };
  const { commit } = landed.phase.candidate;
  if (tag.object !== commit || (found.of !== null && found.of !== commit)) return { kind: 'unsound', why: 'its tag stands for another commit than its text' };
  const merge = await reader.commit(commit);
  if (merge === null) return { kind: 'unsound', why: 'its merge is no commit' };
  const why = untruthIn(landed, merge);
  return why === null ? { kind: 'sound', text: tag.message, landed, merge } : { kind: 'unsound', why };
}

type Tag = { readonly object: string; readonly message: string };

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
  const [, object = ''] = /^object ([0-9a-f]+)\n/.exec(text) ?? [];
  return { object, message: text.slice(text.indexOf('\n\n') + 2) };
}
