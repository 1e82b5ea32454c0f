// The demo on its sample project, in real processes: judged by git on the remote, not by what it says of itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SETTINGS, VECTOR_STORAGE } from '../../src/demo/project.ts';
import type { Kept } from '../../src/demo/passage.ts';
import { clearAway, git, isAlive, show, type Show } from './theatre.ts';

let played: Show;
let kept: Kept;

beforeAll(async () => {
  played = await show(null, true);
  if (!played.outcome.ok || played.outcome.kept === null) throw new Error(JSON.stringify(played.outcome));
  kept = played.outcome.kept;
}, 180_000);

afterAll(() => clearAway(kept));

describe('what is on the remote', () => {
  test('main contains the four branches, each by a merge of its own', () => {
    for (const branch of ['sprint/optimize-vector-search', 'sprint/tune-defaults', 'sprint/optimize-memory-storage', 'sprint/optimize-api-performance'])
      git(kept.remote, 'merge-base', '--is-ancestor', branch, 'main');
    expect(git(kept.remote, 'rev-list', '--count', '--merges', 'main')).toBe('4');
  });

  test('the contested lines are those of answer B, the rest is everybody\'s', () => {
    const text = git(kept.remote, 'show', `main:${VECTOR_STORAGE}`);
    expect(text).toContain('in unpack(block).items()');
    expect(text).not.toContain('import scored');
    expect(git(kept.remote, 'ls-tree', '-r', '--name-only', 'main')).toContain('storage/parallel.py');
    expect(git(kept.remote, 'show', 'main:engram/api/v1/endpoints.py')).toContain('def chunks');
  });

  test('the settings hold what both agents wanted, and nobody was asked', () => {
    const text = git(kept.remote, 'show', `main:${SETTINGS}`);
    expect(text).toContain('"search": "parallel"');
    expect(text).toContain('"storage": "batched"');
  });

  test('all others landed before the question was answered', () => {
    const order = git(kept.remote, 'log', '--first-parent', '--reverse', '--merges', '--format=%s', 'main').split('\n');
    expect(order.at(0)).toBe('Merge sprint/optimize-vector-search into main');
    expect(order.at(-1)).toBe('Merge sprint/optimize-memory-storage into main');
  });

  test('every landing left a certificate', () => {
    expect(git(kept.remote, 'for-each-ref', '--format=%(refname)', 'refs/maestro/merge/').split('\n')).toHaveLength(4);
  });
});

describe('what the audience reads', () => {
  test('the conflict names partner, file and lines', () => {
    expect(played.text).toContain(`✗ CONFLICT in ${VECTOR_STORAGE}`);
    expect(played.text).toContain('sprint/optimize-memory-storage against sprint/optimize-vector-search');
    expect(played.text).toMatch(/Both changed VectorStorage\.search\(\), lines \d+ to \d+, differently/);
  });

  test('the voters settle the settings in two rounds, by what the gate said', () => {
    const rounds = played.passages.flatMap((passage) => passage.kind === 'step' && passage.text.startsWith(`Consensus on ${SETTINGS}`) ? passage.more : []);
    expect(rounds.filter((line) => line.startsWith('Round '))).toEqual(['Round 1', 'Round 2']);
    expect(rounds.filter((line) => line.startsWith('Confidence')).map((line) => line.replace(/.*\(/, ''))).toEqual(['below threshold)', 'above threshold)']);
    expect(rounds).toContain('[Cerberus]: A or C; C passes the gate');
    expect(played.text).toContain('✓ Applying consensus merge: sprint/tune-defaults');
  });

  test('the certificate shown says how sure the voters were', () => {
    expect(played.text).toMatch(/conflict +by consensus: C, 1 of 1 settled in 2 rounds, \d+% sure/);
  });

  test('the question shows both sides', () => {
    expect(played.text).toContain('HUMAN MERGE DECISION NEEDED');
    expect(played.text).toContain('A person is asked');
    expect(played.text).toMatch(/Choose \[A\/B(\/C)?\]: B/);
  });

  test('the losing side gets its task, the end its summary', () => {
    expect(played.text).toContain('[Apollo Inbox] New refactor task:');
    for (const said of ['4 branches processed', '2 clean merges', '1 consensus-resolved conflict (2 rounds)', '1 human escalation', 'Total time: ']) expect(played.text).toContain(`- ${said}`);
    expect(played.text).toMatch(/maestro rollback [0-9a-f]{12}/);
  });

  test('times go forward and no line is wider than a page', () => {
    const lines = played.text.split('\n').filter((line) => !line.includes(kept.root));
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    const landed = played.passages.flatMap((passage) => passage.kind === 'step' && passage.text.startsWith('✓') ? [passage.atMs] : []);
    expect(landed).toEqual(landed.toSorted((a, b) => a - b));
  });
});

test('kept means running: the coordinator lives and the clones are clean', () => {
  expect(isAlive(kept.pid)).toBe(true);
  for (const clone of kept.clones) expect(git(clone, 'status', '--porcelain')).toBe('');
});
