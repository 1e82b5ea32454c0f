// Where a forge gives tokens, fetch, push and the look after it go over open connections: the same outcomes, and git wherever something is unusual.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openGit, type OpenGit } from '../../src/adapter/git/git.ts';
import { personToken } from '../harness/github/auth.ts';
import type { Place } from '../harness/github/place.ts';
import { openGitHub, type GitHub } from '../harness/github/world.ts';
import { land, MAIN, plan, ref } from './world.ts';

let github: GitHub;
let place: Place;
let git: OpenGit;
let state: string;

beforeEach(async () => {
  github = await openGitHub();
  place = await github.repository('acme/app');
  state = mkdtempSync(join(tmpdir(), 'maestro-wire-'));
  git = await openGit({ state, remote: place.cloneUrl, token: () => Promise.resolve(personToken('max')) });
  expect(await landNew('feature/warm')).toEqual({ kind: 'landed' });
  github.forgetCalls();
});

afterEach(async () => {
  await git.close();
  await github.close();
  rmSync(state, { recursive: true, force: true });
});

it('asks four times for a landing, and never what the remote can do', async () => {
  expect(await landNew('feature/a')).toEqual({ kind: 'landed' });
  expect(asked()).toEqual(['FETCH', 'FETCH', 'PUSH', 'FETCH']);
  expect((await place.subjects('main'))[0]).toBe('Merge feature/a into main');
});

it('fetches what it knows with one question, and sees that a branch is gone', async () => {
  await git.fetch([MAIN]);
  github.forgetCalls();
  expect(await git.fetch([MAIN, ref('feature/none')])).toEqual(new Map([[MAIN, await place.tip('main')], [ref('feature/none'), null]]));
  expect(asked()).toEqual(['FETCH']);
});

it('takes no name for another that begins the same', async () => {
  await place.push('ada', 'feature/ab', { 'ab.txt': 'ab\n' }, 'ab');
  expect([...await git.fetch([ref('feature/a')])]).toEqual([[ref('feature/a'), null]]);
});

it('lands once when the answer to the push is lost', async () => {
  github.fault.next('PUSH /acme/app', 'lost-answer', { after: 1 });
  expect(await landNew('feature/a')).toEqual({ kind: 'landed' });
  expect(asked().filter((one) => one === 'PUSH')).toHaveLength(1);
});

it('says in the remote\'s words why it refuses', async () => {
  const made = await planned('feature/a');
  place.rule({ requiredChecks: [{ name: 'ci', app: null }] });
  expect(await land(git, made)).toMatchObject({ kind: 'refused', detail: expect.stringContaining('"ci" is expected') });
});

it('lands nothing onto a target that has moved', async () => {
  const made = await planned('feature/a');
  const tip = await place.push('ada', 'main', { 'b.txt': 'b\n' }, 'by hand');
  expect(await land(git, made)).toEqual({ kind: 'stale', tip });
});

it('leaves a fetch to git after an answer that is none', async () => {
  for (const fault of ['html', 'reset'] as const) {
    const tip = await place.push('ada', `feature/${fault}`, { [`${fault}.txt`]: 'a\n' }, fault);
    github.fault.next('FETCH /acme/app', fault);
    expect((await git.fetch([ref(`feature/${fault}`)])).get(ref(`feature/${fault}`))).toBe(tip);
    expect(await git.commit(tip)).not.toBeNull();
  }
  expect(asked()).toContain('REFS');
});

async function planned(branch: string) {
  await place.push('ada', branch, { [`${branch}.txt`]: `${branch}\n` }, `${branch} READY_TO_MERGE`);
  return plan(git, [branch]);
}

async function landNew(branch: string) {
  return land(git, await planned(branch));
}

function asked(): readonly string[] {
  return github.calls('(PUSH|FETCH|REFS) .*').filter((call) => call.by === 'max').map((call) => call.method);
}
