// Several files in one conflict: each is gated with the likeliest text in all the others, and what passes together is agreed on.
import { expect, test } from 'vitest';
import { confer, type PrepareEffect, type Room } from '../../src/coordinator/prepare.ts';
import { parseOid, type Oid } from '../../src/merge/branch.ts';
import { DEFAULT_GATE, DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { Answered, Choice } from '../../src/port/git.ts';
import { NO_MINDS } from '../../src/port/minds.ts';
import { FILE, option, subject } from '../consensus/room.ts';
import { conflictOf } from '../harness/symbolic-merge.ts';
import { requestFor } from '../harness/workbench.ts';

const GATE = { ...DEFAULT_GATE, run: 'test' };

test('what passes the gate together is agreed on, file by file, with one run for the text that leads in all of them', async () => {
  const on = conflictIn(['a.ts', 'b.ts'], { chance: 0.8, green: ['both', 'both'] });
  const { agreed } = await on.confer();
  expect(agreed).toMatchObject({ verdict: { kind: 'passed' }, resolution: { by: 'consensus' } });
  expect(on.gated.filter((texts) => texts === 'both both')).toHaveLength(1);
});

test('a text that only fails beside the others is not agreed on', async () => {
  const on = conflictIn(['a.ts', 'b.ts'], { chance: 0.8, green: ['ours', 'ours'] });
  expect((await on.confer()).agreed).toBeNull();
});

test('red with every text beside another is held against none of them: a person may still choose', async () => {
  const on = conflictIn(['a.ts', 'b.ts'], { chance: 0.6, green: ['both', 'theirs'] });
  const [first] = (await on.confer()).heard;
  expect(on.gated.length).toBeGreaterThan(1);
  expect(first?.thought.outcome).toMatchObject({ kind: 'person', type: 'DECISION' });
  expect(first?.ranked.map(({ option: { gate } }) => gate)).toEqual(['not-run', 'not-run', 'not-run']);
});

test('no gate runs where the others are too doubtful together, nor once a person has to be asked anyhow', async () => {
  const doubtful = conflictIn(['a.ts', 'b.ts', 'c.ts', 'd.ts'], { chance: 0.6, green: ['both'] });
  await doubtful.confer();
  expect(doubtful.gated).toEqual([]);
  const decided = conflictIn(['.github/workflows/ci.yml', 'b.ts'], { chance: 0.8, green: ['both', 'both'] });
  await decided.confer();
  expect(decided.gated.filter((texts) => texts !== 'both both')).toEqual([]);
});

test('nobody thinks about the next file once nobody wants the answer', async () => {
  const end = new AbortController();
  const on = conflictIn(['a.ts', 'b.ts', 'c.ts'], { chance: 0.8, green: ['both'], onStudy: () => end.abort() });
  await expect(on.confer(end.signal)).rejects.toThrow('aborted');
  expect(on.studied).toEqual(['a.ts']);
});

/** `green`: the texts, by place, with which the gate passes. */
function conflictIn(paths: readonly string[], { chance, green, onStudy }: { readonly chance: number; readonly green: readonly string[]; readonly onStudy?: () => void }) {
  const gated: string[] = [];
  const studied: string[] = [];
  const options = [option('both', chance), option('ours', (1 - chance) / 2), option('theirs', (1 - chance) / 2)];
  const wordOf = ({ take }: Choice): string => 'text' in take ? take.text.split('\n')[1] ?? '' : take.side;
  const room: Room = {
    git: {
      conflictFiles: () => Promise.resolve(paths.map((path) => ({ kind: 'text', file: { ...FILE, path } }))),
      answer: (_request, _onto, _conflict, choices) => Promise.resolve(treeOf(choices.map(wordOf).join(' '))),
      options: () => Promise.resolve([]),
    },
    gate: {
      run: (_commit, tree) => {
        gated.push(wordsOf(tree));
        const common = { tree, gate: 'test', ms: 1, log: null };
        return Promise.resolve(wordsOf(tree) === green.join(' ') ? { kind: 'passed', ...common } : { kind: 'failed', ...common, cause: 'exit', exitCode: 1, tail: '' });
      },
    },
    minds: { ...NO_MINDS, study: (file) => {
      studied.push(file.path);
      onStudy?.();
      return Promise.resolve({ kind: 'case', subject: subject(options, { file }) });
    } },
    past: () => ({ lessons: [], nowMs: 0 }),
  };
  const request = requestFor(oid('tip'));
  const conflict = conflictOf(paths.map((path) => ({ path, base: 'base', ours: 'ours', theirs: 'theirs' })));
  const effect: PrepareEffect = { kind: 'prepare', request, onto: oid('onto'), conflict, gate: GATE, diff3: 'off', inverses: [], generated: [], consensus: DEFAULT_POLICY.consensus };
  return { gated, studied, confer: (abort = new AbortController().signal) => confer(effect, room, abort, () => Promise.resolve()) };
}

/** The words of all files, as the name of a tree. */
function treeOf(words: string): Answered {
  const tree = oid(words);
  return { commit: tree, tree, ledger: { keptOurs: 1, keptTheirs: 1, droppedOurs: 0, droppedTheirs: 0 }, applied: [] };
}

function oid(words: string): Oid {
  const parsed = parseOid(Buffer.from(words).toString('hex').padEnd(40, '0').slice(0, 40));
  if (parsed === null) throw new Error(`no id for ${words}`);
  return parsed;
}

function wordsOf(tree: Oid): string {
  return Buffer.from(tree, 'hex').toString().replaceAll('\0', '');
}
