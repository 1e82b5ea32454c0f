// Is this Redis set up to keep what it acknowledges? Asks the server, changes nothing, knows no keys.
import { MaestroError } from '../../error.ts';
import type { RedisLink } from './link.ts';

/** `fsync` is null where CONFIG is forbidden. `waits`: the server has WAITAOF. */
export type RedisSetup = { readonly version: string; readonly role: string; readonly aof: boolean; readonly eviction: string; readonly fsync: string | null; readonly waits: boolean };

/** `fatal`: the ledger is not kept there; `next` is the setting to change. */
export type RedisFault = { readonly subject: 'version' | 'role' | 'eviction' | 'aof' | 'fsync'; readonly fatal: boolean; readonly text: string; readonly next: string };

const VERSION_LEAST = '6.2';
const WAITAOF_SINCE = '7.2';

/** Throws `disk` when the server does not answer. */
export async function setupOf(link: RedisLink): Promise<RedisSetup> {
  const info = await link.ask((client) => client.info());
  const said = (field: string): string => new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const version = said('redis_version');
  return { version, role: said('role'), aof: said('aof_enabled') === '1', eviction: said('maxmemory_policy'), fsync: await fsyncOf(link), waits: isAtLeast(version, WAITAOF_SINCE) };
}

export function faultsOf({ version, role, aof, eviction, fsync, waits }: RedisSetup): readonly RedisFault[] {
  const faults: RedisFault[] = [];
  if (!isAtLeast(version, VERSION_LEAST)) faults.push({ subject: 'version', fatal: true, text: `it is Redis ${version}`, next: `run Redis ${VERSION_LEAST} or newer` });
  if (role !== 'master') faults.push({ subject: 'role', fatal: true, text: 'it is a replica and takes no writes', next: 'point REDIS_URL at the primary' });
  if (!aof) faults.push({ subject: 'aof', fatal: true, text: 'it forgets on a crash what it acknowledged (appendonly no)', next: 'CONFIG SET appendonly yes, and the same in redis.conf' });
  else faults.push(...fsyncFaults(fsync, waits));
  if (eviction !== 'noeviction') faults.push({ subject: 'eviction', fatal: true, text: `when it is full it throws keys away (maxmemory-policy ${eviction})`, next: 'CONFIG SET maxmemory-policy noeviction, and the same in redis.conf' });
  return faults;
}

/** Throws `store-unsafe`. Returns whether each write has to be followed by WAITAOF: with `appendfsync always` the reply alone says it. */
export async function requireDurable(link: RedisLink): Promise<boolean> {
  const setup = await setupOf(link);
  const fault = faultsOf(setup).find(({ fatal }) => fatal);
  if (fault !== undefined) throw new MaestroError('store-unsafe', `Redis at ${link.place} cannot hold the ledger: ${fault.text}.`, { next: fault.next });
  return setup.fsync !== 'always';
}

function fsyncFaults(fsync: string | null, waits: boolean): readonly RedisFault[] {
  const next = 'CONFIG SET appendfsync always, and the same in redis.conf';
  if (fsync === 'always') return [];
  if (fsync === null) return [{ subject: 'fsync', fatal: !waits, text: 'CONFIG is forbidden there, so appendfsync cannot be read', next: waits ? 'nothing: every append waits for the disk by WAITAOF' : `allow +config|get for this user, or run Redis ${WAITAOF_SINCE} or newer` }];
  if (waits && fsync === 'everysec') return [{ subject: 'fsync', fatal: false, text: 'every append waits up to a second for the disk (appendfsync everysec)', next }];
  return [{ subject: 'fsync', fatal: true, text: `a power cut takes what it acknowledged last (appendfsync ${fsync})`, next }];
}

async function fsyncOf(link: RedisLink): Promise<string | null> {
  try {
    const answer = await link.ask((client) => client.config('GET', 'appendfsync'));
    return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return null;
  }
}

/** By the rights of the user, or because the provider renamed the command away. */
function isForbidden(error: unknown): boolean {
  return error instanceof MaestroError && error.cause instanceof Error && /NOPERM|unknown command/i.test(error.cause.message);
}

function isAtLeast(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
