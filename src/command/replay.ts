// `maestro replay`: what the ladder would have done with this repository's own past conflicts. The repository is only read.
import { openLadder } from '../compose-ladder.ts';
import { findRepository } from '../hook/repository.ts';
import { paint } from './render/line.ts';
import { replayHistory, type Replay } from './replay/replay.ts';
import { reportLines } from './replay/report.ts';
import { THRESHOLD } from './resolve/finding.ts';
import { countOf, fractionOf } from './resolve/number.ts';
import { printJson, type Call, type Verb } from './verb.ts';

const MERGES_MAX = 100;
const INTERRUPTED = 130;

export const replay: Verb = {
  args: [],
  flags: [
    ['--merges <n>', `how many conflicted merges to go through (default ${MERGES_MAX}), newest first`],
    ['--since <date>', 'only merges since then, as git log takes it'],
    ['--seed <n>', 'instead of the newest ones, draw them from the whole history, newer ones rather than older ones'],
    ['--threshold <0..1>', `how sure is settled (default ${THRESHOLD})`],
    ['--no-learn', 'judge each conflict as if it were the first'],
    ['--list', 'every file: merge, confidence, rung, verdict, path'],
  ],
  notes: 'Past merges of two parents are merged once more, and what the ladder makes of each conflicted file is held against what was\ncommitted: equal but for white space counts as exact. No model is asked, no test is run, the repository is not written to.\nCtrl-C prints what there is and exits 130.',
  run,
};

async function run(call: Call): Promise<number> {
  const { root, commonDir } = findRepository(call.repo);
  const choices = {
    repository: root, gitDir: commonDir,
    since: call.value('since'), seed: countOf(call, 'seed'), mergesMax: countOf(call, 'merges') ?? MERGES_MAX,
    threshold: fractionOf(call, 'threshold') ?? THRESHOLD, learn: call.has('learn'),
  };
  const ladder = openLadder();
  let stopped = false;
  const stop = (): void => void (stopped = true);
  process.once('SIGINT', stop);
  try {
    const result = await replayHistory(choices, ladder, { stopped: () => stopped, progress: progressOn(call) });
    tell(call, result);
    return result.stopped ? INTERRUPTED : 0;
  } finally {
    process.off('SIGINT', stop);
    await ladder.close();
  }
}

function tell(call: Call, result: Replay): void {
  clear(call);
  if (call.json) printJson(call, result);
  else call.terminal.out(paint(reportLines(result, call.has('list')), call.terminal.colour));
}

/** One line that is written over, where a person watches. */
function progressOn(call: Call): (text: string) => void {
  return (text) => void (isWatched(call) && process.stderr.write(`\r\u001b[K${text}`));
}

function clear(call: Call): void {
  if (isWatched(call)) process.stderr.write('\r\u001b[K');
}

function isWatched(call: Call): boolean {
  return call.terminal.isTerminal && !call.json && process.stderr.isTTY;
}
