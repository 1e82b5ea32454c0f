// What a proposal may change of git's own merge: the bytes inside the hunks and nothing else, whatever anybody proposes.
import { array, assert, asyncProperty, constantFrom, tuple } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildAnswer, conflictFiles } from '../../src/adapter/git/option.ts';
import { keepsSettled, sideText } from '../../src/resolution/settled.ts';
import type { Choice } from '../../src/port/git.ts';
import { conflictOf, requestFor, workbench, type Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => { bench = await workbench(); });
afterAll(() => bench.close());

/** Both sides changed the file. Null where git merges it by itself. */
async function meeting(base: string, ours: string, theirs: string) {
  const root = await bench.repo.commit({ f: base, 'other.txt': 'o\n' }, 'root', { parents: [] });
  const onto = await bench.repo.commit({ f: ours }, 'ours', { parents: [root] });
  const tip = await bench.repo.commit({ f: theirs, 'new.txt': 'n\n' }, 'theirs', { parents: [root] });
  const request = requestFor(tip);
  const [outcome] = await bench.build(onto, [request]);
  if (outcome?.kind !== 'conflict') return null;
  const asking = { request, onto, conflict: conflictOf(outcome), inverses: [] };
  const answer = (...choices: readonly Choice[]) => buildAnswer(asking, choices, bench);
  return { answer, files: await conflictFiles(asking, bench) };
}

function propose(text: string): Choice {
  return { letter: 'C', take: { kind: 'text', text } };
}

/** Each is a handful of git processes; `npm run test:long` proves lines merged as git merges them on thousands. */
const RUNS = 15;
const line = constantFrom('a\n', 'b\n', '\n', 'x\r\n', 'y\n');
const file = tuple(array(line, { maxLength: 6 }), constantFrom('', 'end')).map(([lines, end]) => lines.join('') + end);

test('a proposal lands as it is or not at all, touches no byte that git settled, and the sides are those of git', async () => {
  await assert(asyncProperty(file, file, file, file, async (base, ours, theirs, other) => {
    const met = await meeting(base, ours, theirs);
    const [conflicted] = met?.files ?? [];
    if (met === null || conflicted === null || conflicted === undefined) return;
    const sides = { ours: sideText(conflicted, 'ours'), theirs: sideText(conflicted, 'theirs') };
    for (const text of [other, `${sides.ours}${other}`, sides.ours.replace('\n', `\n${other}\n`)]) {
      const answered = await met.answer(propose(text));
      expect(answered !== null).toBe(keepsSettled(conflicted, text));
      if (answered !== null) expect(await bench.files(answered.tree)).toEqual({ f: text, 'new.txt': 'n\n', 'other.txt': 'o\n' });
    }
    for (const [letter, side] of [['A', 'ours'], ['B', 'theirs']] as const) {
      const answered = await met.answer({ letter, take: { kind: 'side', side } });
      expect((await bench.files(answered?.tree ?? ''))['f']).toBe(sides[side]);
    }
  }), { numRuns: RUNS });
});
