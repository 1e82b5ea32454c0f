// Which worker serves a repository: a lease that runs out with its holder. It keeps two from working at once for nothing; that nothing
// wrong comes of it when they do is the store's fence, which the next holder raises by its claim.
import { keysOf } from './key.ts';
import type { RedisLink } from './link.ts';

export type Lease = {
  /** False: it is lost, and somebody else may have it. Throws `disk` when Redis does not answer: nothing is known. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
};

/** Null while somebody else holds it. `holder` names this process and no other, ever. */
export async function takeLease(link: RedisLink, repository: string, holder: string, termMs: number): Promise<Lease | null> {
  const key = keysOf(repository).lease;
  const run = async (script: string): Promise<boolean> => (await link.ask((client) => client.eval(script, 1, key, holder, termMs))) === 1;
  if (!(await run(TAKE))) return null;
  return { renew: () => run(RENEW), release: async () => void await run(RELEASE) };
}

// Taken by this holder already: the answer was lost and the command sent again.
const TAKE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`;
