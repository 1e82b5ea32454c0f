// The kill matrix: SIGKILL before, after and between every effect and its record, and from the remote's side, in every story; then a plain restart must end it as if nothing had been.
import { describe, expect, test } from 'vitest';
import { faultsOf, outcomeOf, type Outcome } from './check.ts';
import { FLOWS, type Flow } from './flow.ts';
import { template, tell, type Cut, type KillStage } from './stage.ts';

const LANES = 2;
/** A point that the story reaches may be passed by when the machine deals the cards differently; then it is dealt again. */
const DEALS_MAX = 3;

describe.each(FLOWS)('$name', (flow) => {
  test('every kill is survived', async () => {
    const startMs = performance.now();
    const made = await template(flow);
    const { cuts, wanted } = await uncut(flow, made.stage());
    const results = await inLanes(cuts, (cut) => survive(flow, cut, wanted, () => made.stage()));
    made.dispose();
    const ups = results.flatMap((result) => result.upMs).toSorted((a, b) => a - b);
    const medianMs = ups[ups.length >> 1] ?? Number.NaN;
    console.log(`kill matrix, ${flow.name}: ${cuts.length} cases, ${results.filter((result) => result.fired).length} kills fired, ${Math.round((performance.now() - startMs) / 1000)} s; restart to first answer: median ${Math.round(medianMs)} ms, worst ${Math.round(ups.at(-1) ?? 0)} ms`);
    expect(results.flatMap((result) => result.faults)).toEqual([]);
  });
});

/** The story without a kill says what every other telling must come to, and which points there are. */
async function uncut(flow: Flow, on: KillStage): Promise<{ readonly cuts: readonly Cut[]; readonly wanted: Outcome }> {
  const told = await tell(flow, on.start(null));
  expect(told).toMatchObject({ code: 0, trouble: null });
  const wanted = await outcomeOf(on.folder, flow.targets);
  expect(await faultsOf(on.folder, flow.targets, wanted)).toEqual([]);
  const points = on.points();
  on.dispose();
  const pushes = points.filter((point) => point.at === 'after land').length;
  const remote = (['pre-receive', 'post-receive'] as const).flatMap((at) => Array.from({ length: pushes }, (_, push) => ({ at, time: push + 1, scope: 'process' as const })));
  const inside = points.map((cut, at): Cut => ({ ...cut, scope: at % 2 === 0 ? 'process' : 'everything' }));
  return { cuts: [...inside, ...remote, ...remote.map((cut): Cut => ({ ...cut, scope: 'everything' }))], wanted };
}

type Result = { readonly fired: boolean; readonly faults: readonly string[]; readonly upMs: readonly number[] };

async function survive(flow: Flow, cut: Cut, wanted: Outcome, stage: () => KillStage): Promise<Result> {
  const name = `${flow.name}, ${cut.at}#${cut.time}, ${cut.scope}`;
  for (let deal = 0; deal < DEALS_MAX; deal += 1) {
    const on = stage();
    await tell(flow, on.start(cut));
    if (on.fired()) {
      const told = await tell(flow, on.start(null));
      const faults = [...(told.trouble === null ? [] : [told.trouble]), ...(told.code === 0 ? [] : [`it ended with ${told.code}`]), ...await faultsOf(on.folder, flow.targets, wanted)];
      // What is left of a failed case can be looked at.
      if (faults.length === 0) on.dispose();
      return { fired: true, faults: faults.map((fault) => `${name}: ${fault} (${on.folder})`), upMs: [told.upMs] };
    }
    on.dispose();
  }
  return { fired: false, faults: [`${name}: the kill was never fired`], upMs: [] };
}

async function inLanes<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<readonly B[]> {
  const results: B[] = [];
  const rest = items.values();
  await Promise.all(Array.from({ length: LANES }, async () => {
    for (const item of rest) results.push(await work(item));
  }));
  return results;
}
