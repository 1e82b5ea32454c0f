// Git's own protocol without git between, for what a landing asks of a remote: where some branches are, a few commits, one push.
// Says only what the remote said in so many words; whatever else comes back is git's to ask again. Knows no mirror, and not how the remote is reached.
import { parseOid } from '../../merge/branch.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import { DELIMITER, FLUSH, linesUntilFlush, packet } from './packet.ts';

/** `old` null: there must be none yet. */
export type RefMove = { readonly ref: string; readonly old: Oid | null; readonly new: Oid };

/** `null` everywhere: this is for git. */
export type Wire = {
  /** A branch that the remote does not have is left out. */
  heads(refs: readonly RefName[]): Promise<ReadonlyMap<RefName, Oid> | null>;
  /** What leads from `haves` to `wants`, as a thin pack. */
  pack(wants: readonly Oid[], haves: readonly Oid[]): Promise<Buffer | null>;
  /** All or nothing, and not before `trust`. `unclear`: it was sent, and no answer says what became of it. */
  push(moves: readonly RefMove[], pack: () => Promise<Buffer | null>, timeoutMs: number): Promise<'accepted' | 'unclear' | null>;
  /** Git saw that this remote takes pushes that are all or nothing: not every one can, and here nobody asks. */
  trust(): void;
};

export type Service = 'git-upload-pack' | 'git-receive-pack';
/** `sent`: it may have been done. */
export type Reply = { readonly kind: 'body'; readonly body: Buffer } | { readonly kind: 'refused' } | { readonly kind: 'sent' };
/** One whole question and one whole answer, of `ANSWER_BYTES_MAX` at most, without greetings; never throws for what the remote does. */
export type Post = (service: Service, body: Buffer, timeoutMs: number) => Promise<Reply>;

const TIMEOUT_MS = 20_000;
export const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
/** In a row: then this remote, or what stands between, wants to be spoken to by git. */
const FAILURES_MAX = 3;
const BAND_PACK = 1;
const BAND_PROGRESS = 2;
const NOTHING = '0'.repeat(40);

export function openWire(post: Post): Wire {
  let isTrusted = false;
  // Of each service: one that never answers must not hide behind the other, or a landing would be tried for ever without git.
  const failures = { 'git-upload-pack': 0, 'git-receive-pack': 0 };

  async function ask<T>(service: Service, body: string | Buffer, read: (reply: Reply) => T | null, timeoutMs = TIMEOUT_MS): Promise<T | null> {
    if (failures[service] >= FAILURES_MAX) return null;
    const answer = read(await post(service, Buffer.from(body), timeoutMs));
    failures[service] = answer === null || answer === 'unclear' ? failures[service] + 1 : 0;
    return answer;
  }

  return {
    heads: (refs) => ask('git-upload-pack', `${packet('command=ls-refs\n')}${DELIMITER}${refs.map((ref) => packet(`ref-prefix ${ref}\n`)).join('')}${FLUSH}`, (reply) => readHeads(reply, refs)),
    pack: (wants, haves) => ask('git-upload-pack', wanting(wants, haves), readPack),
    push: async (moves, pack, timeoutMs) => {
      const objects = isTrusted ? await pack() : null;
      return objects === null ? null : ask('git-receive-pack', Buffer.concat([Buffer.from(commands(moves)), objects]), (reply) => readReport(reply, moves), timeoutMs);
    },
    trust: () => {
      isTrusted = true;
    },
  };
}

function readHeads(reply: Reply, refs: readonly RefName[]): ReadonlyMap<RefName, Oid> | null {
  const lines = reply.kind === 'body' ? linesUntilFlush(reply.body) : null;
  if (lines === null) return null;
  const asked = new Map(refs.map((ref) => [String(ref), ref]));
  const found = new Map<RefName, Oid>();
  for (const line of lines) {
    const [id = '', name = ''] = line.toString('utf8').trimEnd().split(' ');
    const oid = parseOid(id);
    if (oid === null || name === '') return null;
    // The remote was asked for all that begin so.
    const ref = asked.get(name);
    if (ref !== undefined) found.set(ref, oid);
  }
  return found;
}

function wanting(wants: readonly Oid[], haves: readonly Oid[]): string {
  const lines = ['thin-pack', 'no-progress', 'ofs-delta', ...wants.map((oid) => `want ${oid}`), ...haves.map((oid) => `have ${oid}`), 'done'];
  return `${packet('command=fetch\n')}${DELIMITER}${lines.map((line) => packet(`${line}\n`)).join('')}${FLUSH}`;
}

/** After `done` nothing comes but the pack, in bands. */
function readPack(reply: Reply): Buffer | null {
  const [head, ...lines] = (reply.kind === 'body' ? linesUntilFlush(reply.body) : null) ?? [];
  if (head?.toString('latin1') !== 'packfile\n') return null;
  if (lines.some((line) => line[0] !== BAND_PACK && line[0] !== BAND_PROGRESS)) return null;
  return Buffer.concat(lines.filter((line) => line[0] === BAND_PACK).map((line) => line.subarray(1)));
}

function commands(moves: readonly RefMove[]): string {
  const lines = moves.map(({ ref, old, new: next }, at) => packet(`${old ?? NOTHING} ${next} ${ref}${at === 0 ? '\0report-status atomic' : ''}`));
  return `${lines.join('')}${FLUSH}`;
}

/** Only where each one went through: what is refused is pushed again by git, which knows the words. */
function readReport(reply: Reply, moves: readonly RefMove[]): 'accepted' | 'unclear' | null {
  if (reply.kind === 'refused') return null;
  const lines = reply.kind === 'body' ? linesUntilFlush(reply.body) : null;
  if (lines === null) return 'unclear';
  const said = new Set(lines.map((line) => line.toString('utf8').trimEnd()));
  return said.has('unpack ok') && moves.every(({ ref }) => said.has(`ok ${ref}`)) ? 'accepted' : null;
}
