// Which process groups run gates now, on disk, so that the next coordinator can end those of one that was killed.
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export class Running {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Synchronous: between the start of a group and its record nothing of ours may run. */
  note(slot: string, leader: number): void {
    writeFileSync(join(this.#directory, slot), `${leader} ${identityOf(leader) ?? ''}\n`);
  }

  forget(slot: string): void {
    try {
      unlinkSync(join(this.#directory, slot));
    } catch {
      // Never noted, or forgotten already.
    }
  }

  /** Kills what still runs of a dead coordinator, never a stranger that got the same pid. Returns the slots they ran in. */
  async reap(): Promise<readonly string[]> {
    await mkdir(this.#directory, { recursive: true });
    const slots = await readdir(this.#directory);
    for (const slot of slots) {
      const [, pid, identity] = /^([1-9]\d*) (\S+)\n$/.exec(readFileSync(join(this.#directory, slot), 'latin1')) ?? [];
      if (pid !== undefined && identityOf(Number(pid)) === identity) killGroup(Number(pid), 'SIGKILL');
      this.forget(slot);
    }
    return slots;
  }
}

export function killGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // Already gone.
  }
}

const STATE_FIELD = 3;
const START_FIELD = 22;

let boot: string | null = null;

/** Boot and start time: no other process will ever have both and the pid. Null where there is no /proc, or no such process. */
function identityOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Behind the name, which may hold anything.
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_FIELD - STATE_FIELD];
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot}/${started}`;
  } catch {
    return null;
  }
}
