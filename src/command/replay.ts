// `maestro replay`: what the ladder would have done with this repository's own past conflicts. The repository is only read.
import { openLadder } from '../compose-ladder.ts';
import { MaestroError } from '../error.ts';
import { findRepository } from '../hook/repository.ts';
import { paint } from './render/line.ts';
import type { Learning } from './replay/past.ts';
import { replayHistory, type GateChoices, type Replay } from './replay/replay.ts';
import { reportLines } from './replay/report.ts';
import { THRESHOLD } from './resolve/finding.ts';
import { countOf, fractionOf } from './resolve/number.ts';
import { endTidily, onStop } from './stop.ts';
import { printJson, type Call, type Verb } from './verb.ts';

const MERGES_MAX = 100;
const GATE_MINUTES = 15;
const MINUTE_MS = 60_000;
const INTERRUPTED = 130;

export const replay: Verb = {
  args: [],
  flags: [
    ['--merges <n>', `how many conflicted merges to go through (default ${MERGES_MAX}), newest first`],
    ['--since <date>', 'only merges since then, as git log takes it'],
    ['--seed <n>', 'instead of the newest ones, draw them from the whole history, newer ones rather than older ones'],
    ['--threshold <0..1>', `how sure is settled (default ${THRESHOLD})`],
    ['--no-learn', 'judge each conflict as if it were the first'],
    ['--file-by-file', 'learn what became of each file before the next one of the same merge, as "resolve" is told outcomes'],
    ['--gate <command>', 'let the tests judge: run on exactly each resolved tree, in a folder of its own, without network'],
    ['--setup <command>', 'what the gate needs first, with network, such as "npm ci": once for each set of manifests; what it leaves is lent to the gate'],
    ['--gate-minutes <n>', `how long a gate may take (default ${GATE_MINUTES})`],
    ['--list', 'every file: merge, confidence, rung, verdict, path'],
  ],
  notes: [
    'Past merges of two parents are merged once more, and what the ladder makes of each conflicted file is held against what was',
    'committed: equal but for white space counts as exact. No model is asked, the repository is not written to, and no test is run unless you name a --gate.',
    'With one, each conflicted merge also goes the coordinator\'s whole way: merged, heard, gated. Red that is red on a side as well is held',
    'against nobody. The gate is no sandbox: it runs code of your history as you.',
    'Ctrl-C prints what there is and exits 130.',
  ].join('\n'),
  run,
};

async function run(call: Call): Promise<number> {
  const { root, commonDir } = findRepository(call.repo);
  const abort = new AbortController();
  const choices = {
    repository: root, gitDir: commonDir,
    since: call.value('since'), seed: countOf(call, 'seed'), mergesMax: countOf(call, 'merges') ?? MERGES_MAX,
    threshold: fractionOf(call, 'threshold') ?? THRESHOLD, learn: learningOf(call),
    gate: gateOf(call, abort.signal),
  };
  const ladder = openLadder();
  endTidily('SIGHUP');
  const release = onStop(() => abort.abort());
  try {
    const result = await replayHistory(choices, ladder, { stopped: () => abort.signal.aborted, progress: progressOn(call) });
    tell(call, result);
    return result.stopped ? INTERRUPTED : 0;
  } finally {
    await ladder.close();
    release();
  }
}

function learningOf(call: Call): Learning {
  const byFile = call.has('fileByFile');
  if (byFile && !call.has('learn')) throw new MaestroError('usage', '--file-by-file learns, --no-learn does not');
  if (byFile && call.value('gate') !== null) throw new MaestroError('usage', 'a --gate judges whole merges, not --file-by-file');
  return byFile ? 'file by file' : call.has('learn') ? 'merge by merge' : 'nothing';
}

function gateOf(call: Call, abort: AbortSignal): GateChoices | null {
  const [run, setup, minutes] = [call.value('gate'), call.value('setup'), countOf(call, 'gate-minutes')];
  if (run === null && (setup !== null || minutes !== null)) throw new MaestroError('usage', '--setup and --gate-minutes need a --gate');
  return run === null ? null : { run, setup, timeoutMs: (minutes ?? GATE_MINUTES) * MINUTE_MS, abort };
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
