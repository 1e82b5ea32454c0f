// A model over real HTTP: a ballot when it behaves, an abstention with a reason however it does not.
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Budget, Tally, type Spent } from '../../src/adapter/voter/budget.ts';
import { mindVoter, type MindTools } from '../../src/adapter/voter/mind.ts';
import { asOpenAiHasIt, modelAsk, type Model } from '../../src/adapter/voter/model.ts';
import { MODEL_CHARS_MAX } from '../../src/consensus/ballot.ts';
import type { Voter } from '../../src/port/voter.ts';
import { asksToWrite, ballotText, choosing, modelServer, say, type Conduct } from '../harness/model-server.ts';
import { budget, NEVER, question, tools } from '../harness/question.ts';

const KEY = 'the-key-that-stays-here';

function voter(url: string, changed: Partial<Model> = {}, used: MindTools = tools(), timeoutMs = 60_000): Voter {
  return mindVoter({ name: 'ada', family: 'test', timeoutMs, ask: modelAsk({ kind: 'openai', model: 'small', url, key: KEY, ...changed }) }, used);
}

describe.each([['openai', 'small'], ['anthropic', 'claude-sonnet-4-5'], ['anthropic', 'unheard-of']] as const)('a model of %s called %s', (kind, model) => {
  test('gives a ballot over the options by their own ids, and says which model answered', async () => {
    const server = await modelServer(choosing('log();'));
    const vote = await voter(server.url, { kind, model }).vote(question(), NEVER);
    expect(vote).toMatchObject({ voter: 'ada', family: 'test', probabilities: { o1: expect.closeTo(0.05), o2: expect.closeTo(0.9), none: expect.closeTo(0.05) }, model: kind === 'openai' ? 'served' : 'claude-served' });
  });

  test('is asked in both orders, with its key in a header only, and without tools of ours', async () => {
    const server = await modelServer(choosing('log();'));
    await voter(server.url, { kind, model }).vote(question(), NEVER);
    const [one, other] = server.heard;
    expect(server.heard).toHaveLength(2);
    expect(one?.fence).not.toBe(other?.fence);
    expect(kind === 'openai' ? one?.headers.authorization : one?.headers['x-api-key']).toContain(KEY);
    expect(server.heard.map(({ body }) => body).join()).not.toContain(KEY);
  });

  test('proposes a text for each hunk', async () => {
    const server = await modelServer((heard, response) => say(heard, response, JSON.stringify({ fence: heard.fence, hunks: ['  log();\n  return 2;\n'] })));
    expect(await voter(server.url, { kind, model }).propose(question(), NEVER)).toEqual(['  log();\n  return 2;\n']);
  });
});

const MISCONDUCT: readonly (readonly [name: string, why: string, conduct: Conduct])[] = [
  ['says 429', 'rate-limited', (_heard, response) => response.writeHead(429, { 'retry-after': '3600' }).end('{}')],
  ['says 500', 'unavailable', (_heard, response) => response.writeHead(500).end('oops')],
  ['says 529', 'unavailable', (_heard, response) => response.writeHead(529).end('{"error":{"message":"overloaded"}}')],
  ['says 401 and repeats the key', 'refused', (_heard, response) => response.writeHead(401).end(JSON.stringify({ error: { message: `bad key ${KEY}` } }))],
  ['sends us elsewhere', 'unreachable', (_heard, response) => response.writeHead(307, { location: 'http://169.254.169.254/latest' }).end()],
  ['breaks off in the middle', 'no-answer', (_heard, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' }).write('{"id":"c1","choices":[{"mess', () => response.destroy())],
  ['answers with nothing', 'no-answer', (_heard, response) => response.writeHead(200, { 'content-type': 'application/json' }).end()],
  ['answers in prose', 'no-answer', (heard, response) => say(heard, response, 'I would take the second one.')],
  ['answers in another language', 'no-answer', (heard, response) => say(heard, response, 'Ich nehme die zweite Möglichkeit.')],
  ['says what it likes instead of numbers', 'the probability of o1 is no number from 0 to 1', (heard, response) => say(heard, response, `{"fence":"${heard.fence}","probabilities":[{"option":"o1","probability":"95%"}],"veto":null,"reasons":[],"comment":""}`)],
  ['gives a part of the shape', 'no-answer', (heard, response) => say(heard, response, '{"probabilities":[]}')],
  ['answers with 10 MB', 'answer-too-large', (heard, response) => say(heard, response, `"${'x'.repeat(10_000_000)}"`)],
  ['answers with 10 MB of an error', 'answer-too-large', (_heard, response) => response.writeHead(500).end('x'.repeat(10_000_000))],
  ['refuses', 'refused', (_heard, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: null, refusal: 'no' }, finish_reason: 'content_filter' }] }))],
];

describe('a model that', () => {
  test.each(MISCONDUCT)('%s abstains: %s', async (_name, why, conduct) => {
    const server = await modelServer(conduct);
    const vote = await voter(server.url).vote(question(), NEVER);
    expect(vote).toEqual({ voter: 'ada', family: 'test', why });
  });

  test.each(MISCONDUCT)('%s proposes nothing', async (_name, _why, conduct) => {
    const server = await modelServer(conduct);
    expect(await voter(server.url).propose(question(), NEVER)).toBeNull();
  });

  test.each([
    ['Markdown', (text: string) => `\`\`\`json\n${text}\n\`\`\``],
    ['politeness', (text: string) => `Sure, here it is:\n${text}\nAnything else?`],
    ['its thoughts', (text: string) => `<think>{ hm }</think>${text}`],
  ])('wraps its answer in %s is understood', async (_name, wrapped) => {
    const server = await modelServer((heard, response) => say(heard, response, wrapped(asksToWrite(heard) ? JSON.stringify({ fence: heard.fence, hunks: ['  log();\n'] }) : ballotText(heard, () => 'none'))));
    expect(await voter(server.url).vote(question(), NEVER)).toMatchObject({ probabilities: { none: 0.9 }, model: 'served' });
    expect(await voter(server.url).propose(question(), NEVER)).toEqual(['  log();\n']);
  });

  test('wraps an answer to another question in Markdown abstains', async () => {
    const server = await modelServer((heard, response) => say(heard, response, `\`\`\`json\n${ballotText({ ...heard, fence: 'another' }, () => 'none')}\n\`\`\``));
    expect(await voter(server.url).vote(question(), NEVER)).toMatchObject({ why: 'no-answer' });
  });

  test('never answers is left at its time', async () => {
    const server = await modelServer(() => undefined);
    expect(await voter(server.url, {}, tools(), 50).vote(question(), NEVER)).toMatchObject({ why: 'timeout' });
  });

  test('never answers is left when the round ends', async () => {
    const end = new AbortController();
    const server = await modelServer(() => end.abort());
    expect(await voter(server.url).vote(question(), end.signal)).toMatchObject({ why: 'aborted' });
  });

  test('is not there abstains', async () => {
    expect(await voter(await deadUrl()).vote(question(), NEVER)).toMatchObject({ why: 'unreachable' });
  });

  test.each([
    ['takes whatever stands first', (labels: readonly string[]) => labels[0] ?? '', 0.9],
    ['takes whatever stands last', (labels: readonly string[]) => labels.at(-1) ?? '', 0.9],
    ['is certain of whatever is called o2', () => 'o2', 1],
  ])('%s has no opinion', async (_name, choose, probability) => {
    const server = await modelServer((heard, response) => say(heard, response, ballotText(heard, choose, probability)));
    expect(await voter(server.url).vote(question(), NEVER)).toMatchObject({ why: 'answered differently when the order was turned' });
  });

  test.each([
    ['twice as sure as one can be', [['o1', 2], ['o2', 0], ['none', 0]]],
    ['less than nothing', [['o1', -0.5], ['o2', 1], ['none', 0.5]]],
    ['no whole', [['o1', 0.2], ['o2', 0.2], ['none', 0.2]]],
    ['one option twice', [['o1', 0.5], ['o1', 0.5], ['none', 0]]],
    ['an option nobody offered', [['o1', 0.5], ['o7', 0.5], ['none', 0]]],
    ['no word on one', [['o1', 0.5], ['none', 0.5]]],
  ] as const)('answers with %s abstains', async (_name, pairs) => {
    const server = await modelServer((heard, response) =>
      say(heard, response, JSON.stringify({ fence: heard.fence, probabilities: pairs.map(([option, probability]) => ({ option, probability })), veto: null, reasons: [], comment: '' })));
    expect(await voter(server.url).vote(question(), NEVER)).toHaveProperty('why');
  });

  test('answers another question abstains', async () => {
    const server = await modelServer((heard, response) => say(heard, response, ballotText({ ...heard, fence: 'fence-of-another' }, () => 'o1')));
    expect(await voter(server.url).vote(question(), NEVER)).toMatchObject({ why: 'the answer does not repeat the fence' });
  });

  test.each([['leaves a conflict in it', ['<<<<<<< left\na\n=======\n']], ['writes for hunks there are none of', ['a\n', 'b\n']], ['writes NUL', ['a\0b\n']], ['writes without end', ['x'.repeat(30_000)]]])('%s has proposed nothing', async (_name, hunks) => {
    const server = await modelServer((heard, response) => say(heard, response, JSON.stringify({ fence: heard.fence, hunks })));
    expect(await voter(server.url).propose(question(), NEVER)).toBeNull();
  });
});

test.each([
  ['gets its last line end', 'a', { left: 'x\n', right: 'y\n' }, 'a\n'],
  ['gets none where the file has none', 'a', { left: 'x', right: 'y\n' }, 'a'],
  ['stays empty', '', { left: 'x\n', right: 'y\n' }, ''],
  ['gets the line ends of Windows', 'a\nb', { left: 'x\r\n', right: '' }, 'a\r\nb\r\n'],
  ['keeps its own where the sides are mixed', 'a\nb\n', { left: 'x\r\n', right: 'y\n' }, 'a\nb\n'],
])('a proposal %s', async (_name, text, sides, expected) => {
  const server = await modelServer((heard, response) => say(heard, response, JSON.stringify({ fence: heard.fence, hunks: [text] })));
  expect(await voter(server.url).propose(question({ hunks: [{ context: '', base: '', ...sides }] }), NEVER)).toEqual([expected]);
});

describe('nothing is sent', () => {
  test('where the question holds a secret', async () => {
    const server = await modelServer(choosing('log();'));
    const asked = question({ evidence: ['-----BEGIN RSA PRIVATE KEY-----'] });
    expect(await voter(server.url).vote(asked, NEVER)).toMatchObject({ why: 'secret' });
    expect(await voter(server.url).propose(asked, NEVER)).toBeNull();
    expect(server.heard).toEqual([]);
  });

  test('where the budget does not reach for both orders', async () => {
    const server = await modelServer(choosing('log();'));
    expect(await voter(server.url, {}, tools({ budget: budget(1) })).vote(question(), NEVER)).toMatchObject({ why: 'budget' });
    expect(server.heard).toEqual([]);
  });

  test('where what is spent cannot be written down', async () => {
    const server = await modelServer(choosing('log();'));
    const broken = new Budget({ callsPerDay: 9, tokensPerDay: 100_000 }, new Tally({ day: 0, calls: 0, tokens: 0 }, () => {
      throw new Error('the disk is full');
    }));
    expect(await voter(server.url, {}, tools({ budget: broken })).vote(question(), NEVER)).toMatchObject({ why: 'failed' });
    expect(server.heard).toEqual([]);
  });

  test('where the question does not fit', async () => {
    const server = await modelServer(choosing('log();'));
    const asked = question({ options: [{ id: 'o1', text: 'x'.repeat(100_000), facts: [] }] });
    expect(await voter(server.url).vote(asked, NEVER)).toMatchObject({ why: 'too-large' });
    expect(server.heard).toEqual([]);
  });
});

test('an answer is bounded in the field that the provider takes', async () => {
  const server = await modelServer(choosing('log();'));
  await voter(server.url).vote(question(), NEVER);
  expect(JSON.parse(server.heard[0]?.body ?? '')).toMatchObject({ max_tokens: 8000 });
  expect(asOpenAiHasIt({ model: 'm', max_tokens: 8000 })).toEqual({ model: 'm', max_completion_tokens: 8000 });
});

test('a model that calls itself anything gets a short plain name in the ballot', async () => {
  const server = await modelServer(choosing('log();', 0.9, { model: `big\u001b[2J\u202e\n${'x'.repeat(900_000)}` }));
  expect(await voter(server.url).vote(question(), NEVER)).toMatchObject({ model: `big [2J ${'x'.repeat(MODEL_CHARS_MAX - 9)}…` });
});

test('what a call really cost replaces its estimate', async () => {
  const { url } = await modelServer(choosing('log();'));
  expect(await spentOn(url)).toEqual({ day: 0, calls: 2, tokens: 240 });
});

test.each([401, 429, 500])('a call that is refused with %d is a call, and cost no tokens', async (status) => {
  const { url } = await modelServer((_heard, response) => response.writeHead(status).end());
  expect(await spentOn(url)).toEqual({ day: 0, calls: 2, tokens: 0 });
});

test('a call that nobody took cost no tokens; one that broke off may have', async () => {
  expect(await spentOn(await deadUrl())).toEqual({ day: 0, calls: 2, tokens: 0 });
  const { url } = await modelServer((_heard, response) => response.destroy());
  expect((await spentOn(url)).tokens).toBeGreaterThan(10_000);
});

async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}/v1`;
}

async function spentOn(url: string): Promise<Spent> {
  let spent: Spent = { day: 0, calls: 0, tokens: 0 };
  const counted = new Budget({ callsPerDay: 9, tokensPerDay: 100_000 }, new Tally(spent, (now) => { spent = now; }));
  await voter(url, {}, tools({ budget: counted })).vote(question(), NEVER);
  return spent;
}
