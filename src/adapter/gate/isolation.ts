// How far a gate's command can be walled in on this machine: own network, own process table. Found out once by trying.
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

export type Isolation = 'network-off' | 'none';

/** `note` is set when less is walled in than was asked for. */
export type Walls = { readonly file: string; readonly args: readonly string[]; readonly note: string | null };

/** Whether `network: false` holds here; `maestro doctor` says it. */
export async function isolation(): Promise<Isolation> {
  return (await probed()) === null ? 'none' : 'network-off';
}

/** The command line that builds the walls, waits for a line on file descriptor 3, answers there with one, and runs `run`. */
export async function wallsFor(run: string, network: boolean): Promise<Walls> {
  const found = await probed();
  if (found === null) return { ...noWalls(run), note: network ? null : 'the network is NOT shut off: this machine allows no network namespace' };
  if (network && !found.processes) return noWalls(run);
  if (network) return { file: found.unshare, args: [...found.flags.filter((flag) => flag !== '-n'), SHELL, ...inner(run, null)], note: null };
  return { file: found.unshare, args: [...found.flags, SHELL, ...inner(run, found.ip)], note: found.ip === null ? 'no loopback inside: ip is missing' : null };
}

export function noWalls(run: string): Walls {
  return { file: SHELL, args: inner(run, null), note: null };
}

type Found = { readonly unshare: string; readonly ip: string | null; readonly flags: readonly string[]; readonly processes: boolean };

const SHELL = '/bin/sh';
const PROBE_TIMEOUT_MS = 5000;
const FOLDERS: readonly string[] = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/local/sbin'];
// An own process table takes every process of the gate down with its first one, also those that left the group, and hides
// ours, with their environment, from it. As root first: inside a user namespace a gate would believe to be root.
const PROCESSES: readonly string[] = ['-p', '-f', '--mount-proc', '--kill-child'];
const LADDER: readonly { readonly flags: readonly string[]; readonly processes: boolean }[] = [
  { flags: ['-n', ...PROCESSES], processes: true },
  { flags: ['-r', '-n', ...PROCESSES], processes: true },
  { flags: ['-n'], processes: false },
  { flags: ['-r', '-n'], processes: false },
];

// The outer shell stays: as first process of its table it would ignore SIGTERM, the command behind it does not.
// Descriptor 3 closes with the coordinator, however that one ends: whoever reads on it then ends the whole group.
function inner(run: string, ip: string | null): readonly string[] {
  const loopback = ip === null ? '' : '"$2" link set lo up 2>/dev/null; ';
  return ['-c', `${loopback}read -r _ <&3 || exit 1; echo >&3; { read -r _; kill -9 0; } <&3 >/dev/null 2>&1 & exec 3>&-; ${SHELL} -c "$1"; exit $?`, 'gate', run, ip ?? ''];
}

let probing: Promise<Found | null> | null = null;

function probed(): Promise<Found | null> {
  probing ??= probe();
  return probing;
}

async function probe(): Promise<Found | null> {
  const unshare = find('unshare');
  if (unshare === null) return null;
  for (const { flags, processes } of LADDER) {
    if (await succeeds(unshare, [...flags, SHELL, '-c', 'exit 0'])) return { unshare, ip: find('ip'), flags, processes };
  }
  return null;
}

function succeeds(file: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: PROBE_TIMEOUT_MS, killSignal: 'SIGKILL' }, (error) => resolve(error === null));
  });
}

function find(name: string): string | null {
  return FOLDERS.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
