// 10 branches, #4 always red, #7 and #9 red only together, gate 0.5 s: 8 land, with as few gate runs as branches.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { stage } from './stage.ts';

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const scope of options.quick ? ['each'] as const : ['each', 'chain'] as const) figures.push(...(await once(scope)));
  return figures;
}

async function once(scope: 'each' | 'chain'): Promise<readonly Figure[]> {
  const runs = join(process.env['TMPDIR'] ?? '/tmp', `maestro-blame-${process.pid}-${scope}`);
  const gate = `echo run >> ${runs}; sleep 0.5; test ! -e bad/four || { echo "bad/four is here"; exit 1; }; if test -e pair/seven && test -e pair/nine; then echo "seven and nine do not go together"; exit 1; fi`;
  const on = stage(200, null, { '.github/maestro.yml': `version: 1\ntargets:\n  - target: main\n    gate: { run: ${JSON.stringify(gate)}, scope: ${scope} }\n` });
  try {
    const special: Readonly<Record<number, string>> = { 4: 'bad/four', 7: 'pair/seven', 9: 'pair/nine' };
    on.ready(Array.from({ length: 10 }, (_, index) => ({ branch: `feature/n${index + 1}`, files: { [special[index + 1] ?? `src/n${index + 1}.txt`]: 'x\n' } })));
    const startMs = performance.now();
    const coordinator = on.start(join(on.folder, 'state'), ['--drain']);
    await coordinator.ended();
    const totalMs = performance.now() - startMs;
    const landed = on.git(['for-each-ref', '--merged', 'refs/heads/main', '--format=%(refname:short)', 'refs/heads/feature'], on.remote).trim().split('\n');
    const gateRuns = existsSync(runs) ? readFileSync(runs, 'utf8').split('\n').length - 1 : 0;
    const named = coordinator.output().includes('"suspects":[{') && coordinator.output().includes('feature/n7');
    if (landed.length !== 8) throw new Error(`${landed.length} landed: ${landed.join(' ')}\n${coordinator.output().slice(-3000)}`);
    const note = `scope ${scope}; landed ${landed.map((name) => name.replace('feature/n', '#')).join(' ')}; the pair is ${named ? 'named' : 'NOT named'}`;
    return [
      { bench: 'blame', figure: `landed of 10 (${scope})`, value: landed.length, unit: 'branches', baseline: 'ideal', baselineValue: 8, ratio: landed.length / 8, runs: 1, note },
      { bench: 'blame', figure: `gate runs (${scope})`, value: gateRuns, unit: 'runs', baseline: 'one a branch', baselineValue: 10, ratio: gateRuns / 10, runs: 1, note },
      { bench: 'blame', figure: `total (${scope})`, value: totalMs, unit: 'ms', baseline: null, baselineValue: null, ratio: null, runs: 1, note },
    ];
  } finally {
    on.dispose();
  }
}
