// The sample project is a real one: its gate passes on everybody's work alone and fails on what nobody should land.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { ENDPOINTS, projectFiles, searchInParallel, SETTINGS, storeInBatches, streamAnswers, tuneDefaults, VECTOR_STORAGE, VOTER_NAMES } from '../../src/demo/project.ts';
import { sampleStory } from '../../src/demo/story.ts';
import { readSignal } from '../../src/merge/signal.ts';
import { ownTemp } from './theatre.ts';

test.each([['nobody', {}], ['Apollo', searchInParallel()], ['Rhetor', tuneDefaults()], ['Athena', storeInBatches()], ['Numa', streamAnswers()]])('the gate passes with the work of %s', (_, edits) => {
  expect(gateOn(edits)).toEqual({ status: 0, said: 'check: all good\n' });
});

test.each([
  ['conflict markers', { [ENDPOINTS]: '"""The API."""\n<<<<<<< ours\ndef search(request):\n' }, /conflict markers/],
  ['an import of what is not there', { [VECTOR_STORAGE]: `"""Storage."""\nfrom engram.core.nowhere import x\n` }, /not there/],
  ['a search in parallel that is not in use', { ...searchInParallel(), ...tuneDefaults() }, /not in use/],
  ['a lost method', { [VECTOR_STORAGE]: '"""Storage."""\n' }, /changed its signature/],
])('the gate fails on %s', (_, edits, reason) => {
  const { status, said } = gateOn(edits);
  expect(status).toBe(1);
  expect(said).toMatch(reason);
});

test('the config is valid, asks for that gate and names the voters', () => {
  const read = parseConfig(projectFiles()['.github/maestro.yml'] ?? '');
  if (read.kind !== 'ok') throw new Error(JSON.stringify(read.problems));
  expect(read.policy.targets[0]?.gate?.run).toBe(sampleStory().gate);
  expect(read.policy.consensus.names).toEqual(VOTER_NAMES);
});

test('nobody votes on work of its own, and two meet in the settings', () => {
  const { agents } = sampleStory();
  expect(agents.map((agent) => agent.name).filter((name) => Object.values<string>(VOTER_NAMES).includes(name))).toEqual([]);
  expect(agents.filter((agent) => SETTINGS in agent.edits).map((agent) => agent.name)).toEqual(['Apollo', 'Rhetor']);
});

test('both forms of the marker are used', () => {
  const messages = sampleStory().agents.map((agent) => agent.message);
  expect(messages.map((message) => readSignal(message, 'READY_TO_MERGE').kind)).toEqual(['ready', 'ready', 'ready', 'ready']);
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
