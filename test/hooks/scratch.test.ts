// What a killed process left in the temporary folder goes when the next one makes something there; what a living one has stays.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';

const ROOM = mkdtempSync(join(tmpdir(), 'maestro-scratch-test-'));
const MODULE = join(import.meta.dirname, '../../src/hook/scratch.ts');
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  for (const name of readdirSync(ROOM)) rmSync(join(ROOM, name), { recursive: true });
});

afterAll(() => rmSync(ROOM, { recursive: true }));

/** A process that has made a folder with something in it, and waits. */
async function maker(kind: 'view' | 'replay'): Promise<{ readonly name: string; kill(): Promise<void> }> {
  const text = `import { scratchFolder } from ${JSON.stringify(MODULE)}; import { writeFileSync } from 'node:fs'; const made = scratchFolder('${kind}'); writeFileSync(made + '/something', ''); console.log(made); setTimeout(() => {}, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', text], { env: { ...process.env, TMPDIR: ROOM }, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  const [printed]: unknown[] = await once(child.stdout, 'data');
  return {
    name: String(printed).trim().slice(ROOM.length + 1),
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
      running.delete(child);
    },
  };
}

test('the folder of a killed process goes, that of a living one and those of others stay', async () => {
  const [dead, living, other] = [await maker('view'), await maker('view'), await maker('replay')];
  await dead.kill();
  await other.kill();
  mkdirSync(join(ROOM, 'maestro-view-somebody'));
  writeFileSync(join(ROOM, 'notes'), '');
  const next = await maker('view');
  expect(readdirSync(ROOM).toSorted()).toEqual([living.name, other.name, next.name, 'maestro-view-somebody', 'notes'].toSorted());
});
