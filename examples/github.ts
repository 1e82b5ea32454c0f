// A day with the App on a GitHub of our own, on loopback: installed, three branches pushed, one question answered in a comment, one landing rolled
// back by comment. `node examples/github.ts`; with `--keep` it goes on running, to push and comment oneself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleStory, type Agent } from '../src/demo/story.ts';
import { startApp } from '../test/harness/app.ts';
import { personToken } from '../test/harness/github/auth.ts';
import type { Place } from '../test/harness/github/place.ts';
import { openGitHub } from '../test/harness/github/world.ts';
import { until } from '../test/harness/stage.ts';

const PATIENCE_MS = 120_000;
const PEOPLE = { apollo: 'write', athena: 'write', numa: 'write', casey: 'admin' } as const;
const CREW = ['Apollo', 'Athena', 'Numa'];
const ANSWER = 'B';

const state = mkdtempSync(join(tmpdir(), 'maestro-example-'));
const github = await openGitHub();
const app = startApp(github, state);
try {
  github.deliverTo(`http://127.0.0.1:${await app.port()}/api/github/webhooks`);
  const { start, agents } = sampleStory();
  const files = Object.fromEntries(Object.entries(start?.files ?? {}).flatMap(([path, text]) => (text === null ? [] : [[path, text]])));
  const engram = await github.repository('acme/engram', { ...files, '.github/CODEOWNERS': '* @casey\n' }, { people: PEOPLE });
  tell(`A GitHub at ${github.url}, and the App installed on acme/engram.`);
  const tips = await pushAll(engram, agents.filter(({ name }) => CREW.includes(name)));
  await answer(engram, tips.get('Athena') ?? '');
  await rollBack(engram, tips.get('Numa') ?? '');
  if (process.argv.includes('--keep')) await keep(engram);
} finally {
  await app.stop();
  await github.close();
  rmSync(state, { recursive: true, force: true });
}

/** All start from the same commit, as agents do that work at the same time. */
async function pushAll(place: Place, crew: readonly Agent[]): Promise<ReadonlyMap<string, string>> {
  const from = await place.tip('main') ?? '';
  const tips = new Map<string, string>();
  for (const { name, branch, message, edits } of crew) {
    const tip = await place.push(name.toLowerCase(), branch, edits, message, { from });
    tips.set(name, tip);
    tell(`\n${name} pushes ${branch}`, `  check maestro: ${await concluded(place, tip, 'success', 'action_required')}`);
  }
  return tips;
}

async function answer(place: Place, tip: string): Promise<void> {
  const [question] = await said(place, 'question');
  tell('\nOn the pull request of the branch:\n', indented(question ?? ''));
  tell(`\nCasey comments: ${ANSWER}`);
  place.comment('casey', 1, ANSWER);
  tell(`  check maestro: ${await concluded(place, tip, 'success')}`);
  tell('\nThe losing side gets its homework:\n', indented((await said(place, 'task'))[0] ?? ''));
}

async function rollBack(place: Place, tip: string): Promise<void> {
  const command = `/maestro rollback ${place.checkOf(tip, 'maestro')?.externalId ?? ''}`;
  tell(`\nCasey comments: ${command}`);
  place.comment('casey', 1, command);
  tell(indented((await said(place, 'reply'))[0] ?? ''), `  check maestro: ${await concluded(place, tip, 'neutral')}`);
  tell('\nmain, newest first:', ...(await place.subjects('main')).map((subject) => `  ${subject}`));
}

async function keep(place: Place): Promise<void> {
  const [scheme, address] = place.cloneUrl.split('//');
  tell('\nStill running; Ctrl-C ends it. To push, and to comment on the first pull request:', `  git clone ${scheme}//apollo:${personToken('apollo')}@${address}`,
    `  curl -H 'authorization: token ${personToken('casey')}' -d '{"body":"/maestro status"}' ${github.url}/repos/acme/engram/issues/1/comments`, `  curl -H 'authorization: token ${personToken('casey')}' ${github.url}/repos/acme/engram/issues/1/comments`);
  await new Promise((resolve) => process.once('SIGINT', resolve));
}

function concluded(place: Place, tip: string, ...conclusions: readonly string[]): Promise<string> {
  return until(() => {
    const run = place.checkOf(tip, 'maestro');
    return run !== null && conclusions.includes(run.conclusion ?? '') ? run.output.title : null;
  }, PATIENCE_MS, `the check of ${tip} to be ${conclusions.join(' or ')}`);
}

/** The App's comments of this kind on the first pull request, once there is one. */
function said(place: Place, kind: string): Promise<readonly string[]> {
  return until(() => {
    const found = place.comments(1).map(({ body }) => body).filter((body) => body.startsWith(`<!-- maestro ${kind}`));
    return found.length === 0 ? null : found.map((body) => body.split('\n').slice(1).join('\n').trim());
  }, PATIENCE_MS, `a ${kind} on the pull request`);
}

function indented(text: string): string {
  return text.split('\n').map((line) => `  | ${line}`).join('\n');
}

function tell(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
