// Killed in the middle of a round: what one voter said is in the ledger, and nobody is asked, or paid, for it again.
import { expect, test } from 'vitest';
import { ROW } from '../scenario/minds-case.ts';
import { panel, questionsTo, wanting } from '../scenario/voter-case.ts';
import { faultsOf, outcomeOf } from './check.ts';
import { votedOn } from './flow.ts';
import { template, tell } from './stage.ts';

const BOTH = '"shards": 8, "cache": 0, "batch": 64';

test('kill -9 between two votes: the stored one counts, the other is asked for, and it comes to the same', async () => {
  let holdsBack = false;
  const { servers, config } = await panel([wanting(BOTH, 0.97), (heard, response) => holdsBack ? undefined : wanting(BOTH, 0.97)(heard, response)]);
  const [first, second] = servers;
  if (first === undefined || second === undefined) throw new Error('two models were asked for');
  const flow = votedOn(ROW, config);
  const made = await template(flow);
  const whole = made.stage();
  expect(await tell(flow, whole.start(null))).toMatchObject({ code: 0, trouble: null });
  const wanted = await outcomeOf(whole.folder, flow.targets);
  expect(wanted.ends).toEqual(['branch feature/a then landed', 'branch feature/b then landed']);
  const alone = [questionsTo(first), questionsTo(second)];

  const [from, to] = [first.heard.length, second.heard.length];
  const cut = made.stage();
  holdsBack = true;
  await tell(flow, cut.start({ at: 'recorded voted', time: 1, scope: 'process' }));
  expect(cut.fired()).toBe(true);
  holdsBack = false;
  const waited = second.heard.length;
  expect(await tell(flow, cut.start(null))).toMatchObject({ code: 0, trouble: null });

  expect(await faultsOf(cut.folder, flow.targets, wanted)).toEqual([]);
  expect(questionsTo({ ...first, heard: first.heard.slice(from) })).toEqual(alone[0]);
  expect(waited).toBeGreaterThan(to);
  expect(questionsTo({ ...second, heard: second.heard.slice(waited) })).toEqual(alone[1]);
  for (const stage of [whole, cut]) stage.dispose();
  made.dispose();
});
