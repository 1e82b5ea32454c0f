// What must hold after any kill, asked of the remote, the mirror, the ledger and the machine. Returns what does not, in words.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteStore } from '../../src/adapter/sqlite/store.ts';
import { shortName } from '../../src/merge/branch.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import { cleanEnvironment } from '../harness/stage.ts';

const LEFT_BEHIND_MS = 10_000;

/** What a story comes to: equal for every way it can be told. */
export type Outcome = { readonly trees: readonly string[]; readonly ends: readonly string[] };

export async function outcomeOf(folder: string, targets: readonly string[]): Promise<Outcome> {
  const trees = targets.map((target) => `${target} ${git(folder, 'rev-parse', `refs/heads/${target}^{tree}`)}`);
  return { trees, ends: [...(await endsOf(folder)).values()].map((ends) => ends.join(' then ')).toSorted() };
}

export async function faultsOf(folder: string, targets: readonly string[], wanted: Outcome): Promise<readonly string[]> {
  // The target moves before the remote's hook has counted it, and a push left behind by a killed life may outlive the next one.
  for (const end = performance.now() + LEFT_BEHIND_MS; childrenOf(folder).length > 0 && performance.now() < end;) await sleep(10);
  const found = await outcomeOf(folder, targets);
  return [
    ...(JSON.stringify(found) === JSON.stringify(wanted) ? [] : [`the outcome is ${JSON.stringify(found)}, it should be ${JSON.stringify(wanted)}`]),
    ...targets.flatMap((target) => landedTwice(folder, target)),
    ...appliedTwice(folder, targets),
    ...fsck(folder, 'origin.git'),
    ...fsck(folder, 'state/mirror.git'),
    ...litter(folder),
    ...childrenOf(folder).map((child) => `still running: ${child}`),
  ];
}

/** Each request's ends in order, e.g. `branch feature/a landed`. */
async function endsOf(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const store = await openSqliteStore(join(folder, 'state/ledger.sqlite'));
  const ends = new Map<string, string[]>();
  for (const { events } of await store.load()) {
    const intents = new Map(events.flatMap((event) => event.kind === 'intended' ? [[event.intent.id, event.intent.requests] as const] : []));
    for (const event of events) {
      if (event.kind === 'requested') ends.set(event.id, [`${event.what.kind} ${shortName(event.branch)}`]);
      for (const id of closedBy(event, intents)) ends.get(id)?.push(event.kind);
    }
  }
  await store.close();
  return ends;
}

function closedBy(event: LedgerEvent, intents: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (event.kind === 'landed') return intents.get(event.intent) ?? [];
  const closes = event.kind === 'rejected' || event.kind === 'superseded' || event.kind === 'cancelled' || event.kind === 'rolled-back';
  return closes ? [event.id] : [];
}

function landedTwice(folder: string, target: string): readonly string[] {
  const merged = git(folder, 'log', '--first-parent', '--merges', '--format=%P', `refs/heads/${target}`).split('\n').map((line) => line.split(' ')[1] ?? '');
  return new Set(merged).size === merged.length ? [] : [`${target} merged a branch twice: ${merged.join(' ')}`];
}

/** The remote's own hook wrote a line for each value it gave a target. */
function appliedTwice(folder: string, targets: readonly string[]): readonly string[] {
  const lines = readFileSync(join(folder, 'applied'), 'utf8').trim().split('\n');
  const twice = lines.filter((line, at) => lines.indexOf(line) !== at).map((line) => `applied twice: ${line}`);
  const missing = targets.map((target) => `refs/heads/${target} ${git(folder, 'rev-parse', `refs/heads/${target}`)}`).filter((line) => !lines.includes(line));
  return [...twice, ...missing.map((line) => `moved without a push that was counted: ${line}`)];
}

function fsck(folder: string, repository: string): readonly string[] {
  try {
    execFileSync('git', [`--git-dir=${join(folder, repository)}`, 'fsck', '--full', '--no-dangling', '--no-progress'], { env: cleanEnvironment(), stdio: 'pipe' });
    return [];
  } catch (error) {
    return [`fsck of ${repository}: ${String(error)}`];
  }
}

const GATE_FOLDER = /^(?:running|log|slot-[0-3])$/;

function litter(folder: string): readonly string[] {
  const mirror = readdirSync(join(folder, 'state/mirror.git'), { recursive: true, encoding: 'utf8' }).filter((name) => /\.lock$|(?:^|\/)(?:tmp_|tmp-ref-|incoming-)/.test(name));
  const pins = readdirSync(join(folder, 'state/mirror.git/refs/maestro/pin'));
  const gate = join(folder, 'state/gate');
  const gates = existsSync(gate) ? readdirSync(gate).filter((name) => !GATE_FOLDER.test(name)) : [];
  const running = existsSync(join(gate, 'running')) ? readdirSync(join(gate, 'running')) : [];
  return [...mirror.map((name) => `left in the mirror: ${name}`), ...pins.map((name) => `a pin of what landed: ${name}`), ...gates.map((name) => `left by a gate: ${name}`), ...running.map((name) => `a gate noted as running: ${name}`)];
}

/** Every process whose command, folder or environment speaks of this stage. */
export function childrenOf(folder: string): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    const command = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
    const place = read(() => readlinkSync(`/proc/${pid}/cwd`));
    const environment = read(() => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    return [command, place, environment].some((text) => text.includes(folder)) ? [`${pid} ${command}`] : [];
  });
}

function read(look: () => string): string {
  try {
    return look();
  } catch {
    // It ended while we looked.
    return '';
  }
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', [`--git-dir=${join(folder, 'origin.git')}`, ...args], { encoding: 'utf8', env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
