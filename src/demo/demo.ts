// The whole demo, from an empty folder to an empty folder: sets the stage, plays, proves, strikes. Prints nothing itself.
import { readFileSync } from 'node:fs';
import { MaestroError } from '../error.ts';
import { logOf, type Coordinator } from './coordinator.ts';
import type { Kept, Summary, Tell } from './passage.ts';
import { play, showGraph, type Pause } from './play.ts';
import { postSentry } from './sentry.ts';
import { makeRoot, removeRoot, removeRootForGood, setStage, type Stage } from './stage.ts';

const LOG_CHARS_MAX = 1500;

export type DemoOptions = {
  /** A repository to play on a copy of; null for the sample project. */
  readonly source: string | null;
  readonly keep: boolean;
};

export type Outcome =
  | { readonly ok: true; readonly summary: Summary; readonly kept: Kept | null }
  /** `log`: the last words of the coordinator. */
  | { readonly ok: false; readonly error: MaestroError; readonly log: string };

/** Leaves nothing behind, whatever happens, unless it went well and was to be kept. */
export async function runDemo(options: DemoOptions, tell: Tell, pause: Pause, abort: AbortSignal): Promise<Outcome> {
  const root = makeRoot();
  const sentry = postSentry(root);
  let coordinator: Coordinator | null = null;
  // The last resort, when something ends this process without asking: a closed pipe, an exit elsewhere.
  const leaveNothing = (): void => {
    coordinator?.killNow();
    removeRoot(root);
  };
  process.once('exit', leaveNothing);
  const strike = async (): Promise<void> => {
    await coordinator?.stop();
    await removeRootForGood(root);
  };
  try {
    tell({ kind: 'opening', source: options.source });
    const stage = await setStage(root, options.source, abort, (started) => {
      coordinator = started;
      sentry.watch(started.pid);
    });
    const summary = await perform(stage, tell, pause, abort);
    const kept = options.keep ? keep(stage) : null;
    if (kept === null) await strike();
    tell({ kind: 'closing', rollback: summary.landings.at(-1)?.id ?? '', kept });
    return { ok: true, summary, kept };
  } catch (error) {
    const log = wordsOf(root);
    await strike();
    return { ok: false, error: known(error), log };
  } finally {
    process.removeListener('exit', leaveNothing);
    sentry.dismiss();
  }
}

async function perform(stage: Stage, tell: Tell, pause: Pause, abort: AbortSignal): Promise<Summary> {
  const { agents, voters, gate } = stage.story;
  tell({ kind: 'cast', agents: agents.map(({ name, branch, subject }) => ({ name, branch, subject })), voters, target: stage.target, gate, pid: stage.coordinator.pid });
  await pause();
  const summary = await play(stage, tell, pause, abort);
  tell({ kind: 'summary', ...summary });
  await pause();
  await showGraph(stage, tell);
  const shown = summary.landings.find((one) => one.settled?.how === 'consensus') ?? summary.landings.find((one) => one.settled !== null) ?? summary.landings[0];
  if (shown !== undefined) tell({ kind: 'certificate', id: shown.id, branch: shown.branch, text: await stage.client.certificate(shown.id) });
  return summary;
}

function keep(stage: Stage): Kept {
  const { root, remote, casey, client, coordinator } = stage;
  client.close();
  coordinator.release();
  return { root, remote, casey: casey.path, clones: stage.performers.map((performer) => performer.clone.path), pid: coordinator.pid };
}

function wordsOf(root: string): string {
  try {
    return readFileSync(logOf(root), 'utf8').slice(-LOG_CHARS_MAX).trim();
  } catch {
    return '';
  }
}

function known(error: unknown): MaestroError {
  if (error instanceof MaestroError) return error;
  return new MaestroError('internal', error instanceof Error ? error.message.trim() : String(error), { cause: error });
}
