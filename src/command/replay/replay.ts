// One replay from beginning to end, as one document. Knows the order of things; each thing is done elsewhere.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pastMerges, type PastConflict } from '../../adapter/git/past-merge.ts';
import { openView, type View } from '../../adapter/git/view.ts';
import type { Ladder } from '../../adapter/ladder/ladder.ts';
import { openStage } from '../../compose-rehearsal.ts';
import { DEFAULT_GATE, type GateRule } from '../../merge/policy.ts';
import { NO_MINDS } from '../../port/minds.ts';
import { figuresOf, type Figures } from '../../replay/figures.ts';
import { gatedFigures, type GatedFigures, type GatedMerge } from '../../replay/gated.ts';
import { orderFor } from '../../replay/sample.ts';
import type { Verdict } from '../../replay/verdict.ts';
import { findConflicts, judgeConflicts, SCOPE, type Found, type Learning, type Rehearse, type Watch } from './past.ts';
import { rehearse } from './rehearse.ts';

const OID_SHOWN = 10;

export type ReplayChoices = {
  /** For people. */
  readonly repository: string;
  readonly gitDir: string;
  readonly since: string | null;
  readonly seed: number | null;
  /** Conflicted ones. */
  readonly mergesMax: number;
  readonly threshold: number;
  readonly learn: Learning;
  /** Null: no test is run. */
  readonly gate: GateChoices | null;
};

export type GateChoices = { readonly run: string; /** Run before it with the network, once for each set of manifests. */ readonly setup: string | null; readonly timeoutMs: number; /** Ends a gate that is running. */ readonly abort: AbortSignal };

export type Replay = {
  readonly repository: string;
  readonly seed: number | null;
  readonly since: string | null;
  readonly learned: boolean;
  readonly fileByFile: boolean;
  /** The history ends early, as `git clone --depth` leaves it. */
  readonly shallow: boolean;
  /** By Ctrl-C, before all was judged. */
  readonly stopped: boolean;
  readonly history: { readonly merges: number } & Omit<Found, 'collisions'>;
  readonly figures: Figures;
  /** Null without a gate. */
  readonly gated: { readonly gate: string; readonly figures: GatedFigures; readonly merges: readonly GatedMerge[] } | null;
  /** Oldest merge first. */
  readonly files: readonly Verdict[];
  readonly unjudged: readonly ({ readonly merge: string } & PastConflict['unjudged'][number])[];
};

export async function replayHistory(choices: ReplayChoices, ladder: Ladder, watch: Watch): Promise<Replay> {
  const view = openView(choices.gitDir);
  const gate = choices.gate === null ? null : await openGate(view, choices.gate, choices.threshold, watch);
  try {
    const merges = await pastMerges(view, choices.since);
    const { collisions, ...found } = await findConflicts(view, orderFor(merges, choices.seed), choices.mergesMax, watch);
    const judged = await judgeConflicts(view, collisions, ladder, choices.learn, watch, gate?.rehearse ?? null);
    const gated = judged.flatMap((merge) => merge.gated ?? []);
    return {
      repository: choices.repository, seed: choices.seed, since: choices.since, learned: choices.learn !== 'nothing', fileByFile: choices.learn === 'file by file', stopped: watch.stopped(), shallow: existsSync(join(choices.gitDir, 'shallow')),
      history: { merges: merges.length, ...found },
      figures: figuresOf(judged, choices.threshold),
      gated: choices.gate === null ? null : { gate: choices.gate.run, figures: gatedFigures(gated), merges: gated },
      files: judged.flatMap((merge) => merge.files),
      unjudged: judged.flatMap(({ merge, unjudged }) => unjudged.map((path) => ({ merge, ...path }))),
    };
  } finally {
    await gate?.close();
    await view.close();
  }
}

async function openGate(view: View, { run, setup, timeoutMs, abort }: GateChoices, threshold: number, watch: Watch): Promise<{ readonly rehearse: Rehearse; close(): Promise<void> }> {
  const stage = await openStage(view, setup);
  const rule: GateRule = { ...DEFAULT_GATE, run, timeoutMs };
  return {
    close: () => stage.close(),
    rehearse: (collision, ladder) => rehearse(collision, {
      ...stage, rule, threshold, abort, reader: view.reader,
      minds: { ...NO_MINDS, study: (file) => ladder.study(SCOPE, file), weigh: (...more) => ladder.weigh(...more) },
      onRun: (runs) => watch.progress(`${collision.merge.slice(0, OID_SHOWN)}: run ${runs} of the gate`),
    }),
  };
}
