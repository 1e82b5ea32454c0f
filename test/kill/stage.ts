// One stage of the kill matrix: a copy of a story's remote whose hooks count and may kill, and coordinators that may be cut.
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ControlClient } from '../../src/adapter/socket/client.ts';
import { repository } from '../harness/repository.ts';
import { startCoordinator, type Coordinator } from '../harness/stage.ts';
import type { Flow } from './flow.ts';

/** `hook`: the remote's side kills during the N-th push; otherwise the coordinator dies at the N-th passing of this point. */
export type Cut = { readonly at: string; readonly time: number; readonly scope: 'process' | 'everything' };
export type KillStage = {
  readonly folder: string;
  /** Points passed by the last coordinator that was not cut. */
  points(): readonly Cut[];
  /** Whether the kill of this cut was fired. */
  fired(): boolean;
  start(cut: Cut | null): Coordinator;
  dispose(): void;
};

const KILLER = pathToFileURL(resolve(import.meta.dirname, 'killer.mjs')).href;

// The shell of the hook is in the group of the push: "everything" takes the push down with it.
const HOOK = `#!/bin/sh
moved=
while read old new ref; do case $ref in refs/heads/*)
  moved=1
  [ "\${0##*/}" = post-receive ] && echo "$ref $new" >> ../applied;;
esac; done
[ -n "$moved" ] && [ -e ../cut ] || exit 0
read at time scope pid < ../cut
[ "$at" = "\${0##*/}" ] || exit 0
echo x >> ../cut-passed
[ "$(wc -l < ../cut-passed)" -eq "$time" ] || exit 0
rm ../cut
echo "$at#$time" > ../sentinel
kill -9 "$pid"
[ "$scope" = everything ] && kill -9 0
exit 0
`;

/** A story's remote, made once; each stage is a copy. */
export async function template(flow: Flow): Promise<{ stage(): KillStage; dispose(): void }> {
  const remote = await repository();
  await flow.prepare(remote);
  mkdirSync(join(remote.bare, 'hooks'));
  for (const name of ['pre-receive', 'post-receive']) {
    writeFileSync(join(remote.bare, 'hooks', name), HOOK);
    chmodSync(join(remote.bare, 'hooks', name), 0o755);
  }
  return { stage: () => stageOf(flow, remote.bare), dispose: () => remote.dispose() };
}

function stageOf(flow: Flow, bare: string): KillStage {
  const folder = mkdtempSync(join(tmpdir(), `maestro-kill-${flow.name}-`));
  cpSync(bare, join(folder, 'origin.git'), { recursive: true });
  const sentinel = join(folder, 'sentinel');
  const running: Coordinator[] = [];
  return {
    folder,
    fired: () => existsSync(sentinel),
    points: () => readFileSync(join(folder, 'points'), 'utf8').trim().split('\n').map((line) => ({ at: line.split('#')[0] ?? '', time: Number(line.split('#')[1]), scope: 'process' })),
    start: (cut) => {
      const hook = cut !== null && cut.at.endsWith('-receive');
      const env = { NODE_OPTIONS: `--import=${KILLER}`, KILL_SENTINEL: sentinel, ...(cut === null ? { KILL_LOG: join(folder, 'points') } : {}), ...(cut === null || hook ? {} : { KILL_AT: cut.at, KILL_TIME: String(cut.time), KILL_SCOPE: cut.scope }) };
      const coordinator = startCoordinator({ remote: join(folder, 'origin.git'), state: join(folder, 'state'), cwd: folder, env });
      if (hook) writeFileSync(join(folder, 'cut'), `${cut.at} ${cut.time} ${cut.scope} ${coordinator.child.pid}\n`);
      running.push(coordinator);
      return coordinator;
    },
    dispose: () => {
      for (const { child } of running) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Tells the story to its end, or until the coordinator is gone; then stops it. The exit code and how long it took to answer. */
export async function tell(flow: Flow, coordinator: Coordinator): Promise<{ readonly code: number; readonly upMs: number; readonly trouble: string | null }> {
  const startMs = performance.now();
  let upMs = 0;
  let trouble: string | null = null;
  let client: ControlClient | null = null;
  try {
    client = await coordinator.connected();
    upMs = performance.now() - startMs;
    await flow.tell(client);
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  client?.close();
  coordinator.child.kill('SIGTERM');
  return { code: await coordinator.ended(), upMs, trouble };
}
