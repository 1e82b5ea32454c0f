// `maestro resolve`: the conflict ladder alone, without a coordinator: as a filter, inside git merge, as a mergetool, on a work tree.
import { once } from 'node:events';
import { openLadder } from '../compose-ladder.ts';
import { answersTo } from './resolve/filter.ts';
import { THRESHOLD } from './resolve/finding.ts';
import { linesIn } from './resolve/line-reader.ts';
import { countOf, fractionOf } from './resolve/number.ts';
import type { Call, Verb } from './verb.ts';

const OPTIONS_MAX = 24;

export const resolve: Verb = {
  args: [],
  flags: [
    ['--threshold <0..1>', `how sure is sure (default ${THRESHOLD})`],
    ['--only-sure', 'filter: "resolved" is null below the threshold'],
    ['--options <n>', `filter: at most so many options a line (default ${OPTIONS_MAX})`],
  ],
  notes: 'As a filter it reads JSON lines {id, path, base, ours, theirs, oursMessage?, theirsMessage?, oursLog?, theirsLog?, scope?} and answers each with\n{id, resolved, confidence, rung, options, ledger, why?}, in order; base is null where both sides added the path.\nA line {kind: "outcome", id, resolved} tells what was committed in the end: it teaches, for its scope, and is not answered.',
  run,
};

async function run(call: Call): Promise<number> {
  const threshold = fractionOf(call, 'threshold') ?? THRESHOLD;
  return filter({ threshold, onlySure: call.has('onlySure'), optionsMax: countOf(call, 'options') ?? OPTIONS_MAX });
}

async function filter(choices: Parameters<typeof answersTo>[2]): Promise<number> {
  const ladder = openLadder();
  try {
    for await (const answer of answersTo(linesIn(process.stdin), ladder, choices)) {
      if (!process.stdout.write(`${answer}\n`)) await once(process.stdout, 'drain');
    }
  } finally {
    await ladder.close();
  }
  return 0;
}
