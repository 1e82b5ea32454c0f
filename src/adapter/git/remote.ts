// The remote as the landing protocol and the port see it: what it has, and bringing it in. Pushes nothing.
import type { Oid, RefName } from '../../merge/branch.ts';
import type { Refusal } from '../../port/git.ts';
import { askAll, askHeads, askRefs, askTestaments } from './ask.ts';
import { Fetcher, checked } from './fetch.ts';
import type { Algorithm, Mirror } from './mirror.ts';
import type { Known } from './pull.ts';

export type Remote = {
  heads(): Promise<ReadonlyMap<string, Oid>>;
  defaultBranch(): Promise<string | null>;
  /** A branch the remote does not have maps to null; one whose objects git refuses is left out, see `refused`. */
  fetch(refs: readonly RefName[]): Promise<ReadonlyMap<RefName, Oid | null>>;
  /** One branch was seen to hold this commit, which is in the mirror. */
  note(ref: RefName, tip: Oid): void;
  /** Branches whose last fetch was refused, with git's own words. */
  readonly refused: ReadonlyMap<RefName, Refusal>;
  /** One branch as the remote has it now; brings nothing in. */
  tip(ref: RefName): Promise<Oid | null>;
  /** What outlived a ledger, by ref: as the first question of all showed it, else asked for. */
  testaments(): Promise<ReadonlyMap<string, Oid>>;
  /** Refs outside refs/heads/, by full name; the value is the commit a tag stands for. */
  refs(names: readonly string[]): Promise<ReadonlyMap<string, Oid>>;
};

export function openRemote(mirror: Mirror, reader: Known | null = null): Remote {
  const fetcher = new Fetcher(mirror, reader);
  let defaultBranch: string | null = null;
  let testaments: ReadonlyMap<string, Oid> | null = null;

  // What HEAD names is asked for again only when that branch is gone.
  async function heads(): Promise<ReadonlyMap<string, Oid>> {
    const answer = defaultBranch === null ? await askAll(mirror) : { heads: await askHeads(mirror), defaultBranch, testaments: null };
    testaments = answer.testaments;
    const algorithm = algorithmOf(answer.heads);
    if (algorithm !== null && algorithm !== mirror.algorithm()) fetcher.startAgain(algorithm);
    defaultBranch = answer.defaultBranch !== null && answer.heads.has(answer.defaultBranch) ? answer.defaultBranch : null;
    return answer.heads;
  }

  return {
    heads,
    defaultBranch: async () => {
      if (defaultBranch === null) await heads();
      return defaultBranch;
    },
    fetch: (refs) => fetcher.fetch(refs),
    note: (ref, tip) => fetcher.note(ref, tip),
    refused: fetcher.refused,
    testaments: async () => testaments ?? askTestaments(mirror),
    tip: async (ref) => (await askHeads(mirror, checked(ref))).get(ref) ?? null,
    refs: (names) => askRefs(mirror, names),
  };
}

function algorithmOf(heads: ReadonlyMap<string, Oid>): Algorithm | null {
  const [oid] = heads.values();
  return oid === undefined ? null : oid.length === 40 ? 'sha1' : 'sha256';
}
