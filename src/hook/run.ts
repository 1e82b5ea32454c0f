// What an installed hook does once its sh filter found something worth a look. Any trouble of our own ends in silence, not in a refusal.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MaestroError } from '../error.ts';
import { ask, git } from './git.ts';
import { SILENCE, adviseOnMessage } from './message.ts';
import type { Advice } from './message.ts';
import { adviseOnPushed, adviseOnPushes, readPushes, unmarkedAmong } from './push.ts';
import type { Pushed, Time } from './push.ts';
import { coordinatorSockets, radarLines } from './radar.ts';
import { maestroDir } from './repository.ts';
import { readSettings, watchedName } from './settings.ts';

/** The exit code that the shims take for a refusal. Not 1: a crashed or too old node ends with that. */
export const REFUSED_EXIT = 10;

export type HookCall = { readonly hook: string; readonly args: readonly string[]; readonly stdin: () => string; readonly env: NodeJS.ProcessEnv; readonly nowMs: () => number };

export async function runHook(call: HookCall): Promise<Advice> {
  const commonDir = ask(['rev-parse', '--git-common-dir']);
  if (call.env['MAESTRO_HOOKS'] === '0' || commonDir === null) return SILENCE;
  const home = maestroDir({ commonDir: resolve(commonDir) });
  const settings = readSettings(home);
  switch (call.hook) {
    case 'commit-msg': return adviseOnMessage(readFileSync(call.args[0] ?? '', 'utf8'), settings.policy.marker, unknownBranches);
    case 'pre-push': {
      const remote = watchedName(settings, call.args[0] ?? '', call.args[1] ?? '');
      return remote === null ? SILENCE : adviseOnPushes(readPushes(call.stdin()), remote, settings, call.env['MAESTRO_DIRECT'] === '1', timeOf(call));
    }
    case 'reference-transaction': {
      const pushed = pairsOf(call.args.slice(1));
      const time = timeOf(call);
      const told = adviseOnPushed(pushed, settings, time);
      const unmarked = settings.policy.hooks.radar === 'warn' ? unmarkedAmong(pushed, settings) : [];
      return { refused: false, lines: [...told.lines, ...unmarked.length === 0 || time.forecastMs === 0 ? [] : await radarLines(unmarked, coordinatorSockets(home), time.forecastMs)] };
    }
    default: throw new MaestroError('usage', `no hook is called ${call.hook}`, { next: 'maestro-hooks --help' });
  }
}

// A courtesy, and somebody waits for the prompt.
const FORECAST_MS = 1_000;
const FORECAST_MS_MAX = 60_000;

function timeOf(call: HookCall): Time {
  const wished = /^[0-9]{1,6}$/.test(call.env['MAESTRO_FORECAST_MS'] ?? '') ? Number(call.env['MAESTRO_FORECAST_MS']) : FORECAST_MS;
  return { nowMs: call.nowMs, forecastMs: Math.min(wished, FORECAST_MS_MAX) };
}

/** `<new oid> <tracking ref>` of each push the remote took and that something is to be said of. */
function pairsOf(args: readonly string[]): readonly Pushed[] {
  return args.flatMap((tip, at) => at % 2 === 0 ? [{ tip, trackingRef: args[at + 1] ?? '' }] : []);
}

/** One readable block for stderr. */
export function render(hook: string, advice: Advice): string {
  if (advice.lines.length === 0) return '';
  const verdict = advice.refused ? 'refused' : 'please note';
  const name = hook === 'reference-transaction' ? 'pushed' : hook;
  const out = hook === 'commit-msg' ? 'MAESTRO_HOOKS=0 git commit ... skips this check' : 'MAESTRO_HOOKS=0 git push ... skips this check';
  return [`maestro (${name}): ${verdict}`, ...advice.lines.map((line) => `  ${line}`), ...(advice.refused ? [`  ${out}`] : []), ''].join('\n');
}

function unknownBranches(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const bare = names.map((name) => name.replace(/^refs\/heads\//, ''));
  const found = git(['for-each-ref', '--format=%(refname)', ...bare.flatMap((name) => [`refs/heads/${name}`, `refs/remotes/*/${name}`])]);
  const refs = new Set(found.stdout.split('\n'));
  return bare.filter((name) => ![...refs].some((ref) => ref === `refs/heads/${name}` || (ref.startsWith('refs/remotes/') && ref.endsWith(`/${name}`))));
}
