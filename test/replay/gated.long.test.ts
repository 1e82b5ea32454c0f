// Past conflicts with the tests as judge, on real git, gate and room: what settles is green on exactly that tree, and red that was red before is nobody's.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { Ladder } from '../../src/adapter/ladder/ladder.ts';
import { systemClock } from '../../src/adapter/local/clock.ts';
import { replayHistory, type GateChoices, type Replay, type ReplayChoices } from '../../src/command/replay/replay.ts';
import { gatedFigures } from '../../src/replay/gated.ts';
import { repository, type Files, type Repository } from '../harness/repository.ts';

const ladder = new Ladder(new URL('../harness/sure-thread.ts', import.meta.url), systemClock());
/** Both changed the same line, each another word of it. */
const pool = (shards: number, batch: number): Files => ({ 'pool.txt': `shards ${shards} cache 0 batch ${batch}\n` });
const [BASE, OURS, THEIRS, BOTH] = [pool(4, 1), pool(8, 1), pool(4, 64), pool(8, 64)];
const section = (name: string): string => (name === '' ? '' : `\n## ${name}\n\n${name} it.\n`);
const readme = (...names: readonly string[]): Files => ({ 'README.md': `# Tool\n\nWhat it is.\n${names.map(section).join('')}` });

let repo: Repository;
let folder = '';
let merges = 0;
beforeEach(async () => {
  repo = await repository();
  folder = mkdtempSync(join(tmpdir(), 'maestro-gated-'));
});
afterEach(() => {
  repo.dispose();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => ladder.close());

test('what the finer merge makes settles where the gate is green, and is held against what people committed', async () => {
  await past(BASE, OURS, THEIRS, BOTH);
  const { gated } = await replayed({ run: 'grep -q "8.*64" pool.txt' });
  expect(gated).toMatchObject({ figures: { merges: 1, settled: 1, exact: 1, runs: 1 }, merges: [{ outcome: { kind: 'settled', by: 'diff3', exact: true } }] });
});

test('what the room agrees on settles where the gate is green', async () => {
  await past(readme(), readme('Install'), readme('Use'), readme('Install', 'Use'));
  const { gated } = await replayed({ run: 'grep -q Install README.md && grep -q Use README.md' });
  expect(gated?.merges).toMatchObject([{ paths: 1, outcome: { kind: 'settled', by: 'consensus' }, silent: false }]);
});

test('nothing that fails is settled: both sides are green, so the merge is to blame', async () => {
  await past(BASE, OURS, THEIRS, BOTH);
  const { gated } = await replayed({ run: '! grep -q "8.*64" pool.txt' });
  expect(gated).toMatchObject({ figures: { settled: 0, red: 1, runs: 3 }, merges: [{ outcome: { kind: 'red', by: 'diff3' } }] });
});

test.each([['fails', 'echo why; false'], ['does not end', 'echo why; sleep 600']])('a gate that %s on a side as well blames nobody, settles nothing, and shows why', async (_, run) => {
  await past(BASE, OURS, THEIRS, BOTH);
  const { gated } = await replayed({ run, timeoutMs: 3000 });
  expect(gated).toMatchObject({ figures: { settled: 0, red: 0, redBefore: 1, silent: 1 }, merges: [{ tail: expect.stringMatching(/^why/) }] });
});

test('a setup has the network and runs once for equal manifests; the gate finds what it left', async () => {
  const pack = { 'package.json': '{}\n', '.gitignore': 'deps\n' };
  await past({ ...BASE, ...pack }, OURS, THEIRS, BOTH);
  await past({ 'b.txt': '1\n', ...pack }, { 'b.txt': '2\n' }, { 'b.txt': '3\n' }, { 'b.txt': '4\n' });
  const count = join(folder, 'setups');
  const { gated } = await replayed({ setup: `echo x >> ${count}; mkdir -p deps/inner && echo fine > deps/inner/dep`, run: `grep -q fine deps/inner/dep && echo spoilt > deps/other` });
  expect(gated?.merges.map(({ outcome }) => outcome.kind)).toContain('settled');
  expect(readFileSync(count, 'utf8')).toBe('x\n');
});

test('a setup that fails is red like a gate', async () => {
  await past(BASE, OURS, THEIRS, BOTH);
  const ran = join(folder, 'ran');
  const { gated } = await replayed({ setup: 'exit 3', run: `touch ${ran}` });
  expect(gated).toMatchObject({ figures: { redBefore: 1 } });
  expect(existsSync(ran)).toBe(false);
});

test('stopped in the middle of a gate it says what it had', async () => {
  await past(BASE, OURS, THEIRS, BOTH);
  const stopping = new AbortController();
  const { stopped, gated } = await replayed({ run: 'sleep 600', abort: stopping.signal }, (text) => { if (text.endsWith('run 1 of the gate')) stopping.abort(); });
  expect([stopped, gated?.merges]).toEqual([true, []]);
});

test('why people were asked is counted, most frequent first', () => {
  const merge = (why: string) => ({ merge: 'm', paths: 1, outcome: { kind: 'person', why } as const, runs: 2, silent: false, tail: '' });
  expect(gatedFigures(['a', 'b', 'b'].map(merge))).toMatchObject({ merges: 3, settled: 0, runs: 6, persons: [{ why: 'b', merges: 2 }, { why: 'a', merges: 1 }] });
});

async function past(base: Files, ours: Files, theirs: Files, committed: Files): Promise<void> {
  const root = await repo.commit(base, 'Base', { parents: [], keep: false });
  const [left, right] = [await repo.commit(ours, 'Left', { parents: [root] }), await repo.commit(theirs, 'Right', { parents: [root] })];
  const merge = await repo.commit(committed, 'Merge', { parents: [left, right] });
  await repo.git(['update-ref', `refs/heads/past-${merges += 1}`, merge]);
}

function replayed(gate: Partial<GateChoices> & { readonly run: string }, progress: (text: string) => void = () => undefined): Promise<Replay> {
  const abort = gate.abort ?? new AbortController().signal;
  const choices: ReplayChoices = { repository: 'here', gitDir: repo.bare, since: null, seed: null, mergesMax: 10, threshold: 0.85, learn: 'merge by merge', gate: { setup: null, timeoutMs: 60_000, abort, ...gate } };
  return replayHistory(choices, ladder, { stopped: () => abort.aborted, progress });
}
