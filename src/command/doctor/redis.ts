// May the ledger be kept on this Redis: does it answer, and does it keep what it acknowledges. Asks, changes nothing.
import { isIP } from 'node:net';
import { openRedisLink } from '../../adapter/redis/link.ts';
import { faultsOf, setupOf } from '../../adapter/redis/setup.ts';
import { MaestroError } from '../../error.ts';
import { printable } from '../../merge/branch.ts';
import { found, ok, type Check } from './check.ts';

const RECONNECTS_MAX = 1;

/** `url`: the value of REDIS_URL. */
export async function checkRedis(url: string): Promise<readonly Check[]> {
  try {
    const link = openRedisLink(url, RECONNECTS_MAX);
    try {
      const setup = await setupOf(link);
      const faults = faultsOf(setup).map(({ fatal, text, next }) => found('redis', fatal ? 'fatal' : 'warn', `${printable(link.place)}: ${printable(text)}`, next));
      return [...(faults.length > 0 ? faults : [ok('redis', `${printable(setup.version)} at ${printable(link.place)} keeps what it acknowledges`)]), ...passwordCheck(url)];
    } finally {
      await link.close();
    }
  } catch (error) {
    if (!(error instanceof MaestroError)) throw error;
    return [found('redis', 'fatal', printable(error.message), error.next)];
  }
}

/** Whoever reaches such a Redis can write into the ledger. */
function passwordCheck(url: string): readonly Check[] {
  const { hostname, password } = new URL(url);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
  return password !== '' || isLoopback ? [] : [found('redis', 'warn', `${printable(hostname)} takes anybody: REDIS_URL has no password`, 'CONFIG SET requirepass, and REDIS_URL=redis://:password@host:6379')];
}
