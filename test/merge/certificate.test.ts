// What a certificate on the remote is held against: the text that the ledger comes to.
import { expect, test } from 'vitest';
import { MAIN, request } from '../git-remote/world.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { certificate, untrueFields, withSecondOpinion } from '../../src/merge/certificate.ts';
import { altered } from '../harness/forgery.ts';

const [OLD, TIP, MERGE, TREE] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(40) as Oid) as [Oid, Oid, Oid, Oid];
const landed = { ...request('feature/a', TIP, 0), phase: { state: 'landed', candidate: { commit: MERGE, tree: TREE, onto: OLD, how: 'clean', paths: ['a.txt'], pathCount: 1, restores: [] }, verdict: { kind: 'passed', tree: TREE, gate: 'true', ms: 3, log: null }, atMs: 9 } } as const;
const intent = { id: 'i1', target: MAIN, old: OLD, new: MERGE, tree: TREE, requests: [landed.id], atMs: 5 };
const text = certificate(landed, intent);

test('what was pushed is as the ledger has it, whoever gave the second opinion, and after a rollback', () => {
  const back = { ...landed, phase: { ...landed.phase, state: 'rolled-back', by: landed.id } } as const;
  expect([text, withSecondOpinion(text, { by: 'engine' }), withSecondOpinion(text, { by: 'git', engine: 'attribute' })].flatMap((read) => [untrueFields(read, landed, intent), untrueFields(read, back, { ...intent })])).toEqual([[], [], [], [], [], []]);
});

test.each<[string, string, readonly string[]]>([
  ['another author', altered(text, { author: 'Mallory <mallory@example.org>' }), ['author']],
  ['an answer nobody gave, and no gate', altered(text, { resolution: { by: 'casey' }, gate: undefined }), ['gate', 'resolution']],
  ['a word more', altered(text, { note: 'checked by hand' }), ['note']],
  ['a field twice', text.replace('"author"', '"author": "Mallory <mallory@example.org>",\n  "author"'), ['how it is written']],
])('%s is told by name', (_what, read, names) => {
  expect(untrueFields(read, landed, intent)).toEqual(names);
});
