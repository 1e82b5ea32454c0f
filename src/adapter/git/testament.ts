// What outlives the ledger, on the remote: one ref a target, a commit without files whose message names the target and holds the testament.
import { createHash } from 'node:crypto';
import { MaestroError } from '../../error.ts';
import { parseBranch, parseOid, type Oid, type RefName } from '../../merge/branch.ts';
import type { Testament } from '../../merge/testament.ts';
import type { Git, PublishedRef } from '../../port/git.ts';
import { TESTAMENT_REFS, askTestaments, reach } from './ask.ts';
import { IDENTITY } from './message.ts';
import type { Mirror } from './mirror.ts';
import type { ObjectWriter } from './object.ts';
import { publish, withdraw } from './publish.ts';
import type { Remote } from './remote.ts';

const FETCH = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
const TARGETS_MAX = 500;
const TIMEOUT_MS = 60_000;
const SUBJECT = 'What people said of ';

export function openTestaments(mirror: Mirror, remote: Pick<Remote, 'testaments'>, writer: ObjectWriter): Pick<Git, 'testaments' | 'bequeath'> {
  return {
    testaments: async () => {
      const held = await broughtIn(mirror, shaped(await remote.testaments()));
      if (held.size === 0) return new Map();
      // Loaded where there is something to read: most starts find nothing.
      const { parseTestament } = await import('./testament-text.ts');
      const found = await Promise.all([...held].map(async ([ref, oid]) => textIn(ref, await mirror.git.must(['cat-file', 'commit', oid]))));
      return new Map(found.flatMap((one): readonly (readonly [RefName, Testament])[] => {
        const testament = one === null ? null : parseTestament(one.text);
        return one === null || testament === null ? [] : [[one.target, testament]];
      }));
    },
    bequeath: async (target, testament) => {
      const ref = refOf(target);
      if (testament !== null) return publish(mirror, ref, await commitOf(mirror, writer, target, JSON.stringify(testament)));
      const oid = shaped(await askTestaments(mirror)).get(ref);
      if (oid !== undefined) await withdraw(mirror, ref, oid);
    },
  };
}

function shaped(refs: ReadonlyMap<string, Oid>): ReadonlyMap<string, Oid> {
  return new Map([...refs].filter(([ref]) => /^[0-9a-f]{20}$/.test(ref.slice(TESTAMENT_REFS.length))).slice(0, TARGETS_MAX));
}

/** One that git refuses, which anybody may have put there, hides none of the others. Throws `unreachable` where the remote does not answer. */
async function broughtIn(mirror: Mirror, held: ReadonlyMap<string, Oid>): Promise<ReadonlyMap<string, Oid>> {
  const fetched = (refs: Iterable<string>) => reach(mirror, [...FETCH, mirror.address.url, ...refs], { timeoutMs: TIMEOUT_MS });
  if (held.size === 0 || (await fetched(held.keys())).code === 0) return held;
  const good = new Map<string, Oid>();
  for (const [ref, oid] of held) if ((await fetched([ref])).code === 0) good.set(ref, oid);
  // Silence is no refusal.
  await askTestaments(mirror);
  return good;
}

async function commitOf(mirror: Mirror, writer: ObjectWriter, target: RefName, text: string): Promise<Oid> {
  const tree = parseOid((await mirror.git.must(['mktree'], { input: '' })).trim());
  if (tree === null) throw new MaestroError('git-failed', 'git mktree printed no tree');
  return writer.commit({ tree, parents: [], identity: IDENTITY, atMs: Date.now(), message: `${SUBJECT}${target}\n\n${text}` });
}

/** null: somebody put something else there. */
function textIn(ref: string, commit: string): { readonly target: RefName; readonly text: string } | null {
  const message = commit.slice(commit.indexOf('\n\n') + 2);
  const end = message.indexOf('\n\n');
  const target = message.startsWith(SUBJECT) && end !== -1 ? parseBranch(message.slice(SUBJECT.length, end)) : null;
  return target?.ok === true && refOf(target.ref) === ref ? { target: target.ref, text: message.slice(end + 2) } : null;
}

function refOf(target: RefName): PublishedRef {
  return `${TESTAMENT_REFS}${createHash('sha256').update(target).digest('hex').slice(0, 20)}`;
}
