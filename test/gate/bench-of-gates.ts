// A mirror, a gate on it, and the words to speak of gates with. Real git, real processes.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openCommandGate } from '../../src/adapter/gate/gate.ts';
import type { MirrorGit, MirrorObjects } from '../../src/adapter/gate/checkout.ts';
import { openReader, type Reader } from '../../src/adapter/git/read.ts';
import { parseOid, type Oid, type RefName } from '../../src/merge/branch.ts';
import { DEFAULT_GATE, type GateRule } from '../../src/merge/policy.ts';
import type { Verdict } from '../../src/merge/request.ts';
import type { Gate } from '../../src/port/gate.ts';
import { repository, type Files, type Repository } from '../harness/repository.ts';

export type GateBench = {
  readonly gate: Gate;
  readonly repository: Repository;
  readonly directory: string;
  /** A commit with exactly these files. */
  commit(files: Files): Promise<Oid>;
  run(commit: Oid, command: string, rule?: Partial<GateRule>, abort?: AbortSignal): Promise<Verdict>;
  /** What the command printed, without our own lines. Throws when the gate was red. */
  output(commit: Oid, command: string, rule?: Partial<GateRule>): Promise<string>;
  treeOf(commit: Oid): Promise<Oid>;
  slot(at: number, path?: string): string;
  /** Another gate on the same folder, as a restarted coordinator opens it. */
  reopen(): Promise<Gate>;
};

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const dispose of open.splice(0)) await dispose();
});

/** Lives for one test. */
export async function gateBench(slotsMax = 1, wrap: (git: MirrorGit) => MirrorGit = (git) => git, repo?: Repository): Promise<GateBench> {
  const { bench, dispose } = await makeBench(slotsMax, wrap, repo);
  open.push(dispose);
  return bench;
}

export async function makeBench(slotsMax: number, wrap: (git: MirrorGit) => MirrorGit, repo?: Repository): Promise<{ readonly bench: GateBench; readonly dispose: () => Promise<void> }> {
  const mirror = repo ?? await repository();
  const directory = mkdtempSync(join(tmpdir(), 'maestro-gate-'));
  const gates: Gate[] = [];
  const reader = openReader(mirror.runner);
  const git = wrap((args, more) => mirror.runner.must(args, more));
  const reopen = async (): Promise<Gate> => {
    const gate = await openCommandGate({ mirror: mirror.bare, directory, slotsMax, git, objects: objectsOf(reader) });
    gates.push(gate);
    return gate;
  };
  const dispose = async (): Promise<void> => {
    for (const gate of gates) await gate.close();
    await reader.close();
    mirror.dispose();
    rmSync(directory, { recursive: true, force: true });
  };
  const gate = await reopen();
  const treeOf = async (commit: Oid): Promise<Oid> => oid(await mirror.git(['rev-parse', `${commit}^{tree}`]));
  // Known beforehand, so that gates stand in line in the order they are asked for.
  const trees = new Map<Oid, Oid>();
  const run: GateBench['run'] = async (commit, command, rule = {}, abort = new AbortController().signal) =>
    gate.run(commit, trees.get(commit) ?? await treeOf(commit), ruleOf(command, rule), abort, MAIN);
  const bench: GateBench = {
    gate, repository: mirror, directory, treeOf, run, reopen,
    commit: async (files) => {
      const commit = await mirror.commit(files, 'candidate', { parents: [], keep: false });
      trees.set(commit, await treeOf(commit));
      return commit;
    },
    output: async (commit, command, rule) => {
      const verdict = await run(commit, command, rule);
      if (verdict.kind !== 'passed') throw new Error(`the gate was red: ${JSON.stringify(verdict)}`);
      return outputIn(verdict.log);
    },
    slot: (at, path = '') => join(directory, `slot-${at}`, 'tree', path),
  };
  return { bench, dispose };
}

export function objectsOf(reader: Reader): MirrorObjects {
  return { blob: (oid, bytesMax) => reader.blob(oid, bytesMax), changes: (a, b) => reader.changes(a, b), treeOf: async (commit) => (await reader.commit(commit))?.tree ?? null };
}

/** What all these candidates would enter. */
export const MAIN = 'refs/heads/main' as RefName;

export function ruleOf(run: string, more: Partial<GateRule> = {}): GateRule {
  return { ...DEFAULT_GATE, run, timeoutMs: 15_000, ...more };
}

export function oid(text: string): Oid {
  const parsed = parseOid(text);
  if (parsed === null) throw new Error(`no object id: ${text}`);
  return parsed;
}

export function outputIn(log: string | null): string {
  const lines = readFileSync(log ?? '', 'utf8').split('\n');
  return lines.filter((line) => !line.startsWith('maestro: ')).join('\n').trim();
}

/** The text of a file a gate's command writes, once it is there. Bounded by the test's own time. */
export async function written(path: string): Promise<string> {
  while (!existsSync(path) || readFileSync(path, 'utf8').trim() === '') await new Promise((resolve) => setTimeout(resolve, 5));
  return readFileSync(path, 'utf8').trim();
}

/** Resolves when no such process runs any more. A zombie is none. */
export async function ended(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}

/** Pids, as this process sees them, whose command line holds `text`. */
export function processesWith(text: string): readonly number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => commandOf(pid).includes(text));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
