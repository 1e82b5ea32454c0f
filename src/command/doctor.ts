// `maestro doctor`: everything that can be wrong, each with one thing to do about it. Looks only.
import { publicName } from '../adapter/git/address.ts';
import { findPlace, type Place } from '../adapter/local/place.ts';
import { MaestroError } from '../error.ts';
import { count } from '../merge/wording.ts';
import { found, ok, type Check } from './doctor/check.ts';
import { machineChecks } from './doctor/machine.ts';
import { remoteChecks } from './doctor/remote.ts';
import { stateChecks } from './doctor/state.ts';
import { line, paint, type Line } from './render/line.ts';
import { loadDotEnv } from './serve/settings.ts';
import { printJson, type Call, type Verb } from './verb.ts';

export const doctor: Verb = {
  args: [],
  flags: [],
  notes: 'Exits 1 when something is fatal: Maestro cannot work like that.',
  run,
};

async function run(call: Call): Promise<number> {
  loadDotEnv();
  const app = await onApp();
  const place = await placeOf(call);
  // Where the App runs there need be no clone.
  const isServer = app.some((check) => check.level !== 'note') && call.repo === '.' && 'name' in place;
  const checks = [
    ...await machineChecks(),
    ...await redisChecks(process.env['REDIS_URL'] ?? ''),
    ...app,
    ...(isServer ? [] : 'name' in place ? [place] : [ok('repository', place.clone ?? publicName(place.remote)), ...await remoteChecks(place), ...await stateChecks(place)]),
  ];
  const fatal = checks.some((check) => check.level === 'fatal');
  if (call.json) printJson(call, { ok: !fatal, checks });
  else call.terminal.out(paint(doctorLines(checks), call.terminal.colour));
  return fatal ? 1 : 0;
}

async function onApp(): Promise<readonly Check[]> {
  const { appChecks } = await import('./doctor/app.ts');
  return appChecks(process.env);
}

/** Loaded where it is asked for only: the client is large, and most machines have no Redis. */
async function redisChecks(url: string): Promise<readonly Check[]> {
  if (url === '') return [];
  const { checkRedis } = await import('./doctor/redis.ts');
  return checkRedis(url);
}

async function placeOf(call: Call): Promise<Place | Check> {
  try {
    return await findPlace(call.repo, call.state);
  } catch (error) {
    if (!(error instanceof MaestroError)) throw error;
    return found('repository', 'fatal', error.message, error.next);
  }
}

export function doctorLines(checks: readonly Check[]): readonly Line[] {
  const wrong = checks.filter((check) => check.level === 'fatal' || check.level === 'warn').length;
  return [...checks.flatMap(checkLines), line('plain', ''), wrong === 0 ? line('good', 'All well.') : line('bad', `${count(wrong, 'problem')}.`)];
}

const SIGNS = { ok: ['✓', 'good'], note: ['·', 'plain'], warn: ['!', 'ask'], fatal: ['✗', 'bad'] } as const;

function checkLines({ name, level, text, next }: Check): readonly Line[] {
  const [sign, tone] = SIGNS[level];
  return [line(tone, `${sign} ${name.padEnd(11)} ${text}`), ...(next === null ? [] : [line('plain', `  next: ${next}`)])];
}
