// Git's own protocol without git between, for what a landing asks of a remote: where some branches are, a few commits, one push.
// Says only what the remote said in so many words; whatever else comes back is git's to ask again. Knows no mirror, and not how the remote is reached.
import type { Oid, RefName } from '../../merge/branch.ts';
import { commanding, headsAmong, listing, readList, readNamed, readPack, readReport, wanting, wantingNames, type Listed, type PushReport, type RefMove } from './wire-text.ts';

/** Stores a thin pack that may still be on its way; null: there is nothing to store. False: it could not be stored. */
export type Keep = (pack: () => Promise<Buffer | null>) => Promise<boolean>;

/** `null` everywhere: this is for git. */
export type Wire = {
  /** All refs whose names begin with one of these. */
  list(prefixes: readonly string[]): Promise<readonly Listed[] | null>;
  /** Where these are, once what leads there from `haves` is kept; a branch that the remote does not have is left out. */
  pull(refs: readonly RefName[], haves: readonly Oid[], keep: Keep): Promise<ReadonlyMap<RefName, Oid> | null>;
  /** All or nothing, and not before `trust`. `unclear`: it was sent, and no answer says what became of it. `pack` null: nothing is sent. */
  push(moves: readonly RefMove[], pack: () => Promise<Buffer | null>, timeoutMs: number): Promise<PushReport | null>;
  /** Git saw that this remote takes pushes that are all or nothing: not every one can, and here nobody asks. */
  trust(): void;
};

export type Service = 'git-upload-pack' | 'git-receive-pack';
/** `sent`: it may have been done. */
export type Reply = { readonly kind: 'body'; readonly body: Buffer } | { readonly kind: 'refused' } | { readonly kind: 'sent' };
/** How the remote is reached. */
export type Line = {
  /** One whole question and one whole answer, of `ANSWER_BYTES_MAX` at most, without greetings; rejects only with what making the body did, and then nothing was sent. */
  post(service: Service, body: () => Promise<Buffer>, timeoutMs: number): Promise<Reply>;
  /** Whether branches may be wanted by their names, which saves the question where they are. */
  readonly takesNames: boolean;
};

const TIMEOUT_MS = 20_000;
export const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
/** In a row: then this remote, or what stands between, wants to be spoken to by git. */
const FAILURES_MAX = 3;
/** So many questions are git's then; it may only have been away. */
const LEFT_TO_GIT = 50;

export function openWire(line: Line): Wire {
  const ask = openAsker(line);
  let isTrusted = false;
  return {
    list: (prefixes) => question(ask, listing(prefixes), readList),
    pull: async (refs, haves, keep) => (line.takesNames ? await pullNamed(ask, refs, haves, keep) : null) ?? pullFound(ask, refs, haves, keep),
    push: async (moves, pack, timeoutMs) => isTrusted ? pushPacked(ask, moves, pack, timeoutMs) : null,
    trust: () => {
      isTrusted = true;
    },
  };
}

type Ask = <T>(service: Service, body: () => Promise<Buffer>, read: (reply: Reply) => T | null, timeoutMs?: number) => Promise<T | null>;

function openAsker(line: Line): Ask {
  // Of each service: one that never answers must not hide behind the other, or a landing would be tried for ever without git.
  const failures = { 'git-upload-pack': 0, 'git-receive-pack': 0 };
  const left = { 'git-upload-pack': 0, 'git-receive-pack': 0 };

  function isForGit(service: Service): boolean {
    if (failures[service] < FAILURES_MAX) return false;
    left[service] = (left[service] + 1) % LEFT_TO_GIT;
    return left[service] > 0;
  }

  return async (service, body, read, timeoutMs = TIMEOUT_MS) => {
    if (isForGit(service)) return null;
    const answer = read(await line.post(service, body, timeoutMs));
    failures[service] = answer === null || answer === 'unclear' ? failures[service] + 1 : 0;
    return answer;
  };
}

function question<T>(ask: Ask, body: Buffer, read: (answer: Buffer) => T | null): Promise<T | null> {
  return ask('git-upload-pack', () => Promise.resolve(body), (reply) => reply.kind === 'body' ? read(reply.body) : null);
}

/** null also where one of them is missing: then nothing is said of the others. */
async function pullNamed(ask: Ask, refs: readonly RefName[], haves: readonly Oid[], keep: Keep): Promise<ReadonlyMap<RefName, Oid> | null> {
  const asked = question(ask, wantingNames(refs, haves), (answer) => readNamed(answer, refs));
  const isKept = await keep(async () => (await asked)?.pack ?? null);
  return isKept ? (await asked)?.heads ?? null : null;
}

async function pullFound(ask: Ask, refs: readonly RefName[], haves: readonly Oid[], keep: Keep): Promise<ReadonlyMap<RefName, Oid> | null> {
  const listed = await question(ask, listing(refs), readList);
  if (listed === null) return null;
  const found = headsAmong(listed, refs);
  const wants = [...new Set(found.values())].filter((oid) => !haves.includes(oid));
  if (wants.length === 0) return found;
  let isAnswered = false;
  const isKept = await keep(async () => {
    const pack = await question(ask, wanting(wants, haves), readPack);
    isAnswered = pack !== null;
    return pack;
  });
  return isKept && isAnswered ? found : null;
}

async function pushPacked(ask: Ask, moves: readonly RefMove[], pack: () => Promise<Buffer | null>, timeoutMs: number): Promise<PushReport | null> {
  let isMade = true;
  const body = async (): Promise<Buffer> => {
    const objects = await pack();
    isMade = objects !== null;
    return objects === null ? Promise.reject(new Error('nothing to push')) : commanding(moves, objects);
  };
  try {
    return await ask('git-receive-pack', body, (reply) => readPushed(reply, moves), timeoutMs);
  } catch (error) {
    if (isMade) throw error;
    return null;
  }
}

function readPushed(reply: Reply, moves: readonly RefMove[]): PushReport | null {
  switch (reply.kind) {
    case 'body': return readReport(reply.body, moves);
    case 'refused': return null;
    case 'sent': return 'unclear';
  }
}
