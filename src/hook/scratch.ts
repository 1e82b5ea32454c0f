// Folders for what is made on the way and thrown away. Whoever is killed leaves them behind; the next one who makes one takes them away.
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What it is for; stands in its name, with the process. */
export type ScratchKind = 'view' | 'replay' | 'state' | 'predict';

/** Empty, and this process's own. Removing it is up to whoever asked. Throws what the file system throws. */
export function scratchFolder(kind: ScratchKind): string {
  const family = `maestro-${kind}-${processSpace()}-`;
  sweep(family);
  return mkdtempSync(join(tmpdir(), `${family}${process.pid}-`));
}

/** Ids of processes say something only to those who count them alike: a container counts its own. */
function processSpace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

const swept = new Set<string>();

/** Once a process. What cannot be seen or removed stays: it is in nobody's way. */
function sweep(family: string): void {
  if (swept.has(family)) return;
  swept.add(family);
  for (const name of namesIn(tmpdir())) {
    const pid = name.startsWith(family) ? /^([1-9]\d*)-[^-]+$/.exec(name.slice(family.length))?.[1] : undefined;
    if (pid === undefined || !isGone(Number(pid))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      continue;
    }
  }
}

/** None where the folder may be written and not read. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
