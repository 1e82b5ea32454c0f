// What may happen to a lane while minds deliberate: a pause, a target that moves, a thread that dies. Nothing is lost, and people hear why.
import { describe, expect, test } from 'vitest';
import { asked, clash, ROW, row } from './minds-case.ts';
import { holding, panel, questionsTo, wanting } from './voter-case.ts';

const BOTH = '"shards": 8, "cache": 0, "batch": 64';
const FRAIL = new URL('../harness/frail-thread.ts', import.meta.url);

/** Two voters that want both, and say so when they are let go. */
async function deliberating() {
  const voters = [holding(wanting(BOTH, 0.97)), holding(wanting(BOTH, 0.97))] as const;
  const { config, servers: [first, second] } = await panel(voters.map(({ conduct }) => conduct));
  if (first === undefined || second === undefined) throw new Error('a voter has no server');
  const on = await clash(ROW, { more: config });
  await on.until('both are asked', () => voters.every((voter) => voter.hasHeard()));
  return { ...on, servers: [first, second] as const, voters, letGo: () => voters.forEach((voter) => voter.letGo()) };
}

describe('a pause while voters think', () => {
  test('lands nothing, says who paused it, and on resume the branch lands as if nothing had been', async () => {
    const on = await deliberating();
    await on.maestro.control.pause('main', 'Ada');
    on.letGo();
    await on.ready('feature/elsewhere', { 'z.txt': 'z\n' });
    await on.reaches('feature/elsewhere', 'queued');
    expect(on.request('feature/second')?.phase.state).toBe('deliberating');
    expect((await on.maestro.control.explain('feature/second')).waitsFor).toBe('`maestro resume main` (paused by Ada)');
    expect(await on.read('pool.json')).toBe(row(8, 1).trimEnd());
    await on.maestro.control.resume('main', 'Ada');
    await on.landed('feature/second', 'feature/elsewhere');
    expect(await on.read('pool.json')).toBe(row(8, 64).trimEnd());
  });

  test('outlives a restart, and so does the vote that was in: the same is not asked again', async () => {
    const on = await deliberating();
    on.voters[0].letGo();
    await on.until('a vote is in', () => { const phase = on.request('feature/second')?.phase; return phase?.state === 'deliberating' && phase.votes.length > 0; });
    const asked = questionsTo(on.servers[0]);
    await on.maestro.control.pause('main', 'Ada');
    await on.stop();
    const { control } = await on.start();
    expect((await control.status()).lanes).toMatchObject([{ pausedBy: 'Ada' }]);
    on.voters[1].letGo();
    await control.resume('main', 'Ada');
    await on.landed('feature/second');
    expect(questionsTo(on.servers[0]).filter((question) => asked.includes(question))).toEqual(asked);
  });
});

describe('a target that moves while voters think', () => {
  test('by another branch: what was agreed on is built on what is there now, and both are in', async () => {
    const on = await deliberating();
    await on.ready('feature/elsewhere', { 'z.txt': 'z\n' });
    await on.landed('feature/elsewhere');
    on.letGo();
    await on.landed('feature/second');
    expect([await on.read('pool.json'), await on.read('z.txt')]).toEqual([row(8, 64).trimEnd(), 'z']);
    expect((await on.merged()).length).toBe(3);
  });

  test('in the very lines: what was wanted is not forced onto others; they are asked about anew, and then a person', async () => {
    const on = await deliberating();
    await on.ready('feature/third', { 'pool.json': row(16, 1) }, { parents: [await on.tip()] });
    await on.landed('feature/third');
    on.letGo();
    const question = await asked(on);
    expect(question.onto).toBe(await on.tip());
    expect(on.servers[0].heard.at(-1)?.text).toContain('"shards": 16');
    await on.maestro.control.decide('feature/second', 'C', 'Ada');
    await on.landed('feature/second');
    expect(await on.read('pool.json')).toBe(row(16, 64).trimEnd());
  });
});

describe('a thread of the ladder', () => {
  test.each([
    ['dies', 'die.json', 'ended the process that thought about it'],
    ['throws', 'throw.json', 'ended the process that thought about it'],
    ['does not end', 'spin.json', 'took longer than 3 s to think about'],
  ])('that %s costs its file, not the lane: a person is asked with both sides, and the next conflict is thought about', async (_, path, why) => {
    const at = (text: string) => ({ [path]: text });
    const on = await clash({ base: { ...at(row(4, 1)), ...ROW.base }, first: { ...at(row(8, 1)), ...ROW.first }, second: at(row(4, 64)) }, { ladder: FRAIL });
    const question = await asked(on);
    expect(question.options.map(({ letter, verdict }) => [letter, verdict.kind])).toEqual([['A', 'passed'], ['B', 'passed']]);
    expect((await on.maestro.control.explain('feature/second')).waitsFor).toContain(`nothing is proposed: ${path}: ${why}`);
    await on.ready('feature/third', ROW.second);
    await on.landed('feature/third');
    await on.maestro.control.decide('feature/second', 'B', 'Ada');
    await on.landed('feature/second');
    expect([await on.read(path), await on.read('pool.json')]).toEqual([row(4, 64), row(8, 64)].map((text) => text.trimEnd()));
  });
});
