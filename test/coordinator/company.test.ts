// Several files in one conflict: each is gated with the likeliest text in all the others, and what passes together is agreed on.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { confer, type PrepareEffect, type Room } from '../../src/coordinator/prepare.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { MergeRequest } from '../../src/merge/request.ts';
import { NO_MINDS } from '../../src/port/minds.ts';
import { FILE, option, subject } from '../consensus/room.ts';

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

test('no gate runs where the others are too doubtful together, nor once a person has to be asked anyhow', async () => {
  const doubtful = conflictIn(['a.ts', 'b.ts', 'c.ts', 'd.ts'], { chance: 0.6, green: ['both'] });
  await doubtful.confer();
  expect(doubtful.gated).toEqual([]);
  const decided = conflictIn(['.github/workflows/ci.yml', 'b.ts'], { chance: 0.8, green: ['both', 'both'] });
  await decided.confer();
  expect(decided.gated.filter((texts) => texts !== 'both both')).toEqual([]);
});

/** `green`: the texts, by place, with which the gate passes. */
function conflictIn(paths: readonly string[], { chance, green }: { readonly chance: number; readonly green: readonly string[] }) {
  const gated: string[] = [];
  const options = [option('both', chance), option('ours', (1 - chance) / 2), option('theirs', (1 - chance) / 2)];
  const room = {
    git: {
      conflictFiles: () => Promise.resolve(paths.map((path) => ({ kind: 'text', file: { ...FILE, path } }))),
      answer: (_request, _onto, _conflict, choices) => Promise.resolve(answered(choices.map(({ take }) => 'text' in take ? take.text.split('\n')[1] ?? '' : take.kind).join(' '))),
    },
    gate: {
      run: (_commit, tree) => {
        gated.push(NAMES.get(tree) ?? '');
        return Promise.resolve(NAMES.get(tree) === green.join(' ') ? { kind: 'passed', tree, gate: 'test', ms: 1, log: '' } : { kind: 'failed', tree, gate: 'test', ms: 1, log: '', cause: 'exit', exitCode: 1, tail: '' });
      },
    },
    minds: { ...NO_MINDS, study: (file) => Promise.resolve({ kind: 'case', subject: subject(options, { file }) }) },
    past: () => ({ lessons: [], nowMs: 0 }),
  } as Room;
  const effect = { kind: 'prepare', request: { id: 'a1', phase: { state: 'conflicted' } } as MergeRequest, conflict: { fingerprint: 'f', paths: paths.map((path) => ({ path })) }, gate: {}, generated: [], consensus: DEFAULT_POLICY.consensus } as unknown as PrepareEffect;
  return { gated, confer: () => confer(effect, room, new AbortController().signal, () => Promise.resolve()) };
}

const NAMES = new Map<string, string>();

function answered(texts: string) {
  const tree = createHash('sha1').update(texts).digest('hex');
  NAMES.set(tree, texts);
  return { commit: tree, tree, ledger: null, applied: [] };
}
