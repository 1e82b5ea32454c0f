// What to say to a push: straight to a target, or marked and about to conflict. Facts come from this clone and may be old.
import { parseBranch, parseOid, printable, shortName } from '../merge/branch.ts';
import type { Oid, RefName } from '../merge/branch.ts';
import { isTarget, routeOf } from '../merge/route.ts';
import { readSignal } from '../merge/signal.ts';
import { ask } from './git.ts';
import { SILENCE } from './message.ts';
import type { Advice } from './message.ts';
import { predict } from './predict.ts';
import type { Rival } from './predict.ts';
import { defaultBranchOf, watchedName } from './settings.ts';
import type { HookSettings } from './settings.ts';

/** One line of pre-push's stdin; `tip` is null when the branch is deleted, `was` when the remote has none yet. */
export type Push = { readonly ref: RefName; readonly tip: Oid | null; readonly was: Oid | null };

const PUSHES_MAX = 500;
const FILES_SHOWN = 5;

export function readPushes(stdin: string): readonly Push[] {
  return stdin.split('\n').slice(0, PUSHES_MAX).flatMap((line) => {
    const [, tip = '', ref = '', was = ''] = line.split(' ');
    const parsed = ref.startsWith('refs/heads/') ? parseBranch(ref) : null;
    return parsed?.ok === true ? [{ ref: parsed.ref, tip: oidOf(tip), was: oidOf(was) }] : [];
  });
}

function oidOf(text: string): Oid | null {
  return /^0+$/.test(text) ? null : parseOid(text);
}

/** `forecastMs` is for all forecasts of one push together. */
export type Time = { readonly nowMs: () => number; readonly forecastMs: number };

/** Before the push. `direct` is the person's word that a push past Maestro is meant. */
export function adviseOnPushes(pushes: readonly Push[], remote: string, settings: HookSettings, direct: boolean, time: Time): Advice {
  const { conflict, directPush } = settings.policy.hooks;
  const main = defaultBranchOf(settings, remote);
  // A target that does not exist yet is somebody's to create; Maestro never does.
  const straight = pushes.filter((push) => push.was !== null && isTarget(settings.policy, push.ref, main));
  if (straight.length > 0 && !direct && directPush !== 'allow') return { refused: directPush === 'refuse', lines: aboutStraight(straight, settings.policy.marker) };
  if (conflict !== 'refuse') return SILENCE;
  const look: Look = { remote, main, settings, untilMs: time.nowMs() + time.forecastMs };
  const marked = pushes.map((push) => aboutMarked(push, look, time));
  return { refused: marked.some((advice) => advice.refused), lines: marked.flatMap((advice) => advice.lines) };
}

/** A tip the remote has now, and the ref of this clone that follows it: `refs/remotes/<remote>/<branch>`. */
export type Pushed = { readonly tip: string; readonly trackingRef: string };

/** Behind the push, where the forecast delays no landing. */
export function adviseOnPushed(pushed: readonly Pushed[], settings: HookSettings, time: Time): Advice {
  // Where conflicts are refused the forecast was made before the push.
  if (settings.policy.hooks.conflict === 'refuse') return SILENCE;
  const untilMs = time.nowMs() + time.forecastMs;
  const lines = unnameable(pushed, settings).concat(watched(pushed, settings).flatMap(({ ref, tip, remote }) => aboutMarked({ ref, tip }, { remote, main: defaultBranchOf(settings, remote), settings, untilMs }, time).lines));
  return { refused: false, lines };
}

/** Work in progress: neither asking to land nor a target. */
export function unmarkedAmong(pushed: readonly Pushed[], settings: HookSettings): readonly { readonly ref: RefName; readonly tip: Oid }[] {
  return watched(pushed, settings).flatMap(({ ref, tip, remote }) => {
    if (tip === null || isTarget(settings.policy, ref, defaultBranchOf(settings, remote))) return [];
    return signalOf(ask(['cat-file', 'commit', tip]) ?? '', settings.policy.marker) === null ? [{ ref, tip }] : [];
  });
}

/** Marked, under names that Maestro leaves alone. */
function unnameable(pushed: readonly Pushed[], settings: HookSettings): readonly string[] {
  return pushed.slice(0, PUSHES_MAX).flatMap(({ tip, trackingRef }) => {
    const [, , remote = '', ...name] = trackingRef.split('/');
    const parsed = parseBranch(name.join('/'));
    if (parsed.ok || oidOf(tip) === null || watchedName(settings, remote, '') === null || signalOf(ask(['cat-file', 'commit', tip]) ?? '', settings.policy.marker) === null) return [];
    return [`${printable(name.join('/'), 80)} does not land: ${parsed.why}`, 'push the work under another branch name'];
  });
}

function watched(pushed: readonly Pushed[], settings: HookSettings): readonly { readonly ref: RefName; readonly tip: Oid | null; readonly remote: string }[] {
  return pushed.slice(0, PUSHES_MAX).flatMap(({ tip, trackingRef }) => {
    const [, , remote = '', ...name] = trackingRef.split('/');
    const parsed = parseBranch(name.join('/'));
    return parsed.ok && watchedName(settings, remote, '') !== null ? [{ ref: parsed.ref, tip: oidOf(tip), remote }] : [];
  });
}

function aboutStraight(pushes: readonly Push[], marker: string): readonly string[] {
  const names = pushes.map((push) => shortName(push.ref)).join(', ');
  return [
    `${names} is a target: Maestro lands on it, from its own mirror, after the gate`,
    `push a branch of your own whose last commit says ${marker}`,
    'if this push past Maestro is meant: MAESTRO_DIRECT=1 git push ...',
  ];
}

type Look = { readonly remote: string; readonly main: RefName; readonly settings: HookSettings; readonly untilMs: number };

/** `refused` is meant where conflicts are refused. */
function aboutMarked(push: Pick<Push, 'ref' | 'tip'>, look: Look, time: Time): Advice {
  if (push.tip === null) return SILENCE;
  const { marker } = look.settings.policy;
  const signal = signalOf(ask(['cat-file', 'commit', push.tip]) ?? '', marker);
  if (signal === null) return SILENCE;
  const routing = routeOf(look.settings.policy, push.ref, look.main, signal.target);
  switch (routing.kind) {
    case 'is-target': return SILENCE;
    case 'refused': return { refused: true, lines: [`${shortName(push.ref)} would be rejected. ${routing.detail}`] };
    case 'to': {
      const rivals = predict({ tip: push.tip, ref: push.ref, target: routing.target, remote: look.remote, untilMs: look.untilMs, isReady: (message) => signalOf(message, marker) !== null }, time.nowMs);
      return { refused: rivals.some((rival) => !rival.isStuck), lines: rivals.length === 0 ? [] : aboutRivals(push.ref, rivals, look.remote) };
    }
  }
}

function aboutRivals(ref: RefName, rivals: readonly Rival[], remote: string): readonly string[] {
  return [`${shortName(ref)} would conflict with`, ...rivals.map(describe), `to settle it now: git fetch ${printable(remote)}, merge, push again (a forecast from what this clone last fetched)`];
}

function signalOf(commit: string, marker: string): { readonly target: string | null } | null {
  const reading = readSignal(commit.slice(commit.indexOf('\n\n') + 2), marker);
  return reading.kind === 'none' ? null : reading.kind === 'ready' || reading.ready ? reading.signal : null;
}

function describe(rival: Rival): string {
  const shown = rival.files.slice(0, FILES_SHOWN).map((file) => printable(file, 120)).join(', ');
  const more = rival.files.length > FILES_SHOWN ? ` and ${rival.files.length - FILES_SHOWN} more` : '';
  const role = rival.isTarget ? 'the target' : rival.isStuck ? 'ready too, but in conflict with the target itself' : 'ready too';
  return `  ${shortName(rival.ref)} (${role}): ${shown}${more}`;
}
