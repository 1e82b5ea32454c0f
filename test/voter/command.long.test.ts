// An agent's CLI as a voter: what it prints counts only as an answer to this question, and nothing of it outlives its turn.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answerIn } from '../../src/adapter/voter/answer-text.ts';
import { commandAsk, commandEnvironment, COMMAND_OUTPUT_BYTES_MAX, type Runs } from '../../src/adapter/voter/command.ts';
import { Running } from '../../src/adapter/gate/running.ts';
import { mindVoter } from '../../src/adapter/voter/mind.ts';
import { promptFor, type Prompt } from '../../src/adapter/voter/prompt.ts';
import { lazyLadder } from '../../src/compose-ladder.ts';
import { openMinds } from '../../src/compose-minds.ts';
import type { Voter } from '../../src/port/voter.ts';
import { NEVER, NO_RUNS, question, tools } from '../harness/question.ts';

/** A command written in JavaScript; `prompt`, `fence` and `vote(option)` are there for it. */
function voter(body: string, env: Record<string, string> = {}, timeoutMs = 60_000, runs: Runs = NO_RUNS): Voter {
  const script = `
    const prompt = require('node:fs').readFileSync(0, 'utf8');
    const fence = /\\{"fence": "([^"]+)"/.exec(prompt)[1];
    const labelOf = (text) => ['o1', 'o2'].find((label) => prompt.split('BEGIN ' + fence + ' option ' + label)[1].split('END ')[0].includes(text));
    const vote = (best) => JSON.stringify({ fence, probabilities: ['o1', 'o2', 'none'].map((option) => ({ option, probability: option === best ? 0.8 : 0.1 })), comment: 'yes' });
    ${body}`;
  const ask = commandAsk({ argv: [process.execPath, '-e', script], env: commandEnvironment(Object.keys(env), { ...process.env, ...env }) }, runs);
  return mindVoter({ name: 'agent', family: 'test', timeoutMs, ask }, tools());
}

describe('a command', () => {
  test.each([
    ['bare', 'console.log(vote(labelOf("log();")))'],
    ['in a fence of Markdown', 'console.log("Sure!\\n```json\\n" + vote(labelOf("log();")) + "\\n```\\nDone { or not }.")'],
    ['behind its own log', 'console.log(JSON.stringify({ type: "start" }) + "\\n" + vote(labelOf("log();")))'],
    ['behind an echo of the prompt', 'console.log(prompt + vote(labelOf("log();")))'],
  ])('votes with one JSON object, %s', async (_name, body) => {
    expect(await voter(body).vote(question(), NEVER)).toMatchObject({ voter: 'agent', probabilities: { o2: expect.closeTo(0.8), o1: expect.closeTo(0.1) }, model: null });
  });

  test.each([
    ['prints prose', 'console.log("I like the second {one}.")', 'no-answer'],
    ['prints nothing', '', 'no-answer'],
    ['only repeats the question', 'console.log(prompt)', 'no-answer'],
    ['crashes', 'console.log(vote("o1")); process.exit(3)', 'failed'],
    ['kills itself', 'process.kill(process.pid, "SIGKILL")', 'failed'],
    ['floods', `const chunk = "x".repeat(65536); const pour = () => { while (process.stdout.write(chunk)); process.stdout.once("drain", pour); }; pour();`, 'answer-too-large'],
    ['prints braces only', `process.stdout.write("{".repeat(${COMMAND_OUTPUT_BYTES_MAX}))`, 'no-answer'],
    ['floods its stderr', 'for (let i = 0; i < 200; i += 1) require("node:fs").writeSync(2, "x".repeat(65536))', 'no-answer'],
  ])('%s: abstains', async (_name, body, why) => {
    expect(await voter(body).vote(question(), NEVER)).toEqual({ voter: 'agent', family: 'test', why });
  });

  test('that hangs is left at its time', async () => {
    expect(await voter('setInterval(() => 0, 1000)', {}, 50).vote(question(), NEVER)).toMatchObject({ why: 'timeout' });
  });

  test('is ended with its children', async () => {
    const end = new AbortController();
    const line = await openLine(4, () => end.abort());
    const hang = `require('node:net').connect(${line.port}, '127.0.0.1'); setInterval(() => 0, 1000)`;
    const vote = voter(`require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(hang)}], { stdio: 'inherit' }); ${hang}`).vote(question(), end.signal);
    expect(await vote).toMatchObject({ why: 'aborted' });
    await line.allGone;
  });

  test('that leaves a child behind holding its output open does not keep anybody waiting', async () => {
    const leave = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'inherit' }).unref(); process.stdout.write(vote(labelOf('log();')), () => process.exit(0));`;
    expect(await voter(leave).vote(question(), NEVER)).toHaveProperty('probabilities');
  });

  test('that leaves one behind in a group of its own, which writes for ever, is not read any more', async () => {
    const line = await openLine(2, () => undefined);
    const pour = `process.stderr.on('error', () => process.exit()); const pour = () => { while (process.stderr.write('x'.repeat(65536))); process.stderr.once('drain', pour); }; require('node:net').connect(${line.port}, '127.0.0.1', pour)`;
    const leave = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(pour)}], { stdio: ['ignore', 'ignore', 'inherit'], detached: true }).unref(); console.log(vote(labelOf('log();')))`;
    expect(await voter(leave).vote(question(), NEVER)).toHaveProperty('probabilities');
    await line.allGone;
  });

  test('whose coordinator was killed is ended by the next, and its folder is gone', async () => {
    const state = await mkdtemp(join(tmpdir(), 'voter-test-'));
    const killed = new Running(join(state, 'voter'));
    await killed.reap();
    const line = await openLine(2, () => undefined);
    const vote = voter(`require('node:net').connect(${line.port}, '127.0.0.1'); setInterval(() => 0, 1000)`, {}, 60_000, killed).vote(question(), NEVER);
    const folders = await line.allThere.then(() => readdir(join(state, 'voter')));
    openMinds({ state, scope: 'here', ladder: lazyLadder(), onTrouble: () => undefined });
    await line.allGone;
    expect(await vote).toMatchObject({ why: 'failed' });
    expect(folders.map((folder) => existsSync(join(tmpdir(), folder)))).toEqual([false, false]);
  });

  test('that is not there abstains', async () => {
    const ask = commandAsk({ argv: ['/nonexistent/agent'], env: {} }, NO_RUNS);
    expect(await mindVoter({ name: 'agent', family: 'test', timeoutMs: 60_000, ask }, tools()).vote(question(), NEVER)).toMatchObject({ why: 'failed' });
  });

  test('ends with the round', async () => {
    const end = new AbortController();
    const vote = voter('setInterval(() => 0, 1000)').vote(question(), end.signal);
    end.abort();
    expect(await vote).toMatchObject({ why: 'aborted' });
  });

  test('sees PATH, HOME, LANG and what was named; of our secrets nothing', async () => {
    const peek = 'console.log(vote(labelOf("log();")).replace("yes", Object.keys(process.env).sort().join(" ")))';
    const vote = await voter(peek, { NAMED: '1' }).vote(question(), NEVER);
    const known = new Set(['HOME', 'LANG', 'NAMED', 'PATH', 'TMPDIR', '__CF_USER_TEXT_ENCODING']);
    expect('comment' in vote ? vote.comment.split(' ').filter((name) => !known.has(name)) : vote).toEqual([]);
    expect(commandEnvironment(['NAMED'], { NAMED: '1', GITHUB_TOKEN: 'x', PATH: '/bin' })).toEqual({ NAMED: '1', PATH: '/bin' });
  });

  test('works in an empty folder that is gone afterwards', async () => {
    const vote = await voter('console.log(vote(labelOf("log();")).replace("yes", process.cwd() + " " + require("node:fs").readdirSync(".").length))').vote(question(), NEVER);
    const [folder = '', entries] = 'comment' in vote ? vote.comment.split(' ') : [];
    expect([entries, existsSync(folder)]).toEqual(['0', false]);
  });

  test('gets its words as they are: no shell reads them', async () => {
    const script = join(await mkdtemp(join(tmpdir(), 'voter-test-')), 'words.cjs');
    await writeFile(script, 'require("node:fs").readFileSync(0); require("node:fs").writeFileSync(__filename + ".seen", JSON.stringify(process.argv.slice(2)))');
    const words = ['$(id)', '; rm -rf /', '`id`', '*'];
    const ask = commandAsk({ argv: [process.execPath, script, ...words], env: {} }, NO_RUNS);
    await mindVoter({ name: 'agent', family: 'test', timeoutMs: 60_000, ask }, tools()).vote(question(), NEVER);
    expect(JSON.parse(await readFile(`${script}.seen`, 'utf8'))).toEqual(words);
  });
});

describe('an answer is found', () => {
  const prompt = promptFor('vote', question(), 'fence-000000000001', { shown: ['o1', 'o2'] }) as Prompt;

  test('behind a thousand braces of echoed code', () => {
    expect(answerIn(`${'function f() { return { a: {} };\n'.repeat(1000)}{"fence":"fence-000000000001","a":"}"}`, prompt)).toEqual({ fence: 'fence-000000000001', a: '}' });
  });

  test.each([['with the fence of another', '{"fence":"fence-000000000002"}'], ['without one', '{"probabilities":{}}'], ['never closed', '{"fence":"fence-000000000001"'], ['in a string that quotes it', '"{\\"fence\\":\\"fence-000000000001\\"}"']])('nowhere: an object %s', (_name, text) => {
    expect(answerIn(text, prompt)).toBeNull();
  });
});

/** Processes that call in stay on the line until they die: two orders, each a command and its child. */
async function openLine(callers: number, onAll: () => void) {
  const gone: Promise<unknown>[] = [];
  const all = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    gone.push(once(socket, 'close'));
    if (gone.length < callers) return;
    all.resolve();
    onAll();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, allThere: all.promise, allGone: all.promise.then(() => Promise.all(gone)) };
}
