// The sample project is a real one: its gate passes on everybody's work alone and fails on what nobody should land.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { ENDPOINTS, projectFiles, searchInParallel, storeInBatches, streamAnswers, VECTOR_STORAGE } from '../../src/demo/project.ts';
import { agentsOf, sampleStory } from '../../src/demo/story.ts';
import { readSignal } from '../../src/merge/signal.ts';
import { ownTemp } from './theatre.ts';

test.each([['nobody', {}], ['Apollo', searchInParallel()], ['Athena', storeInBatches()], ['Numa', streamAnswers()]])('the gate passes with the work of %s', (_, edits) => {
  expect(gateOn(edits)).toEqual({ status: 0, said: 'check: all good\n' });
});

test.each([
  ['conflict markers', { [ENDPOINTS]: '"""The API."""\n<<<<<<< ours\ndef search(request):\n' }, /conflict markers/],
  ['an import of what is not there', { [VECTOR_STORAGE]: `"""Storage."""\nfrom engram.core.nowhere import x\n` }, /not there/],
  ['a lost method', { [VECTOR_STORAGE]: '"""Storage."""\n' }, /changed its signature/],
])('the gate fails on %s', (_, edits, reason) => {
  const { status, said } = gateOn(edits);
  expect(status).toBe(1);
  expect(said).toMatch(reason);
});

test('the config is valid and asks for that gate', () => {
  const read = parseConfig(projectFiles()['.github/maestro.yml'] ?? '');
  expect(read.kind === 'ok' ? read.policy.targets[0]?.gate?.run : read.problems).toBe(sampleStory().gate);
});

test('both forms of the marker are used', () => {
  const messages = agentsOf(sampleStory()).map((agent) => agent.message);
  expect(messages.map((message) => readSignal(message, 'READY_TO_MERGE').kind)).toEqual(['ready', 'ready', 'ready']);
  expect(messages.filter((message) => message.split('\n')[0]?.endsWith('READY_TO_MERGE'))).toHaveLength(1);
});

function gateOn(edits: Readonly<Record<string, string>>): { readonly status: number | null; readonly said: string } {
  const folder = ownTemp();
  for (const [path, text] of Object.entries({ ...projectFiles(), ...edits })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { status, stdout } = spawnSync('sh', ['check.sh'], { cwd: folder, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return { status, said: stdout };
}
