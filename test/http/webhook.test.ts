// The manners of GitHub and of its imitators, row by row of the fault catalogue (W1 to W21): what the door answers and what it keeps.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkSecrets } from '../../src/adapter/http/signature.ts';
import { BODY_BYTES_MAX } from '../../src/adapter/http/webhook.ts';
import type { Mailbox } from '../../src/port/mailbox.ts';
import { headersOf, headText, OLD_SECRET, openPorch, PUSH, SECRET, sign, type Porch } from './porch.ts';

const BODY = JSON.stringify(PUSH);
const HEX = sign(BODY).slice('sha256='.length);

let porch: Porch;
beforeEach(async () => {
  porch = await openPorch();
});
afterEach(() => porch.dispose());

describe('W1: a secret', () => {
  test.each(['', 'development', 'thirty-one letters and no more.'])('%j is refused, with the way to make one', async (secret) => {
    const refusal = { code: 'config-invalid', message: expect.stringContaining('WEBHOOK_SECRET'), next: expect.stringContaining('openssl rand') };
    await expect(openPorch({ secrets: { current: secret, previous: null } })).rejects.toMatchObject(refusal);
    await expect(openPorch({ secrets: { current: SECRET, previous: secret } })).rejects.toMatchObject(refusal);
  });

  test('of thirty-two characters is taken', () => {
    expect(() => checkSecrets({ current: 'thirty-two letters and not more.', previous: null })).not.toThrow();
  });
});

describe('W2: a signature', () => {
  test.each([
    ['wrong', sign(BODY, 'another secret of somebody')],
    ['missing', null],
    ['of SHA-1', `sha1=${HEX.slice(0, 40)}`],
    ['truncated', `sha256=${HEX.slice(0, 63)}`],
    ['in upper case', `sha256=${HEX.toUpperCase()}`],
    ['given twice', `sha256=${HEX}, sha256=${HEX}`],
  ])('that is %s gets 401, no row, and is counted', async (_, signature) => {
    expect(await porch.post(BODY, { 'x-hub-signature-256': signature })).toBe(401);
    expect(porch.rows()).toEqual([]);
    expect(porch.news).toMatchObject([{ kind: 'refused', status: 401 }]);
  });

  test('in two headers gets 401', async () => {
    const twice = [...Object.entries(headersOf(BODY)), ['x-hub-signature-256', sign(BODY)], ['content-length', `${BODY.length}`], ['connection', 'close']] as const;
    expect(await porch.raw(headText(twice), BODY)).toContain('HTTP/1.1 401');
  });
});

describe('W3: the bytes', () => {
  test('that were written again are not those that were signed', async () => {
    expect(await porch.post(JSON.stringify(PUSH, null, 2), { 'x-hub-signature-256': sign(BODY) })).toBe(401);
  });

  test.each([
    ['that are not UTF-8', Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')])],
    ['with a byte order mark', `\u{feff}${BODY}`],
    ['that are no JSON', '{"a":'],
    ['that are no object', '[]'],
    ['that are empty', ''],
  ])('%s get 400 after a valid signature, and no row', async (_, body) => {
    expect(await porch.post(body)).toBe(400);
    expect(porch.rows()).toEqual([]);
  });
});

describe('W4: a body', () => {
  test.each([
    ['of 400 MB', { 'content-length': `${400 * 1024 * 1024}` }],
    ['of one byte too many', { 'content-length': `${BODY_BYTES_MAX + 1}` }],
    ['without a length', { 'transfer-encoding': 'chunked' }],
    ['of no number', { 'content-length': '12x' }],
  ])('%s is refused before it is read', async (_, length) => {
    expect(await porch.raw(headText({ ...headersOf(BODY), ...length, connection: 'close' }))).toMatch(/^HTTP\/1\.1 4(13|00)/);
  });

  test('that goes on after a refusal is not waited for', async () => {
    const answer = await porch.raw(headText({ ...headersOf(BODY), 'content-length': `${BODY_BYTES_MAX + 1}` }), '{'.repeat(100_000));
    expect(answer).toContain('HTTP/1.1 413');
  });
});

test('W5: a valid push of 24.9 MB is accepted, and the commits in it are not kept', async () => {
  const commits = Array.from({ length: 2048 }, (_, n) => ({ id: `${n}`, message: 'm'.repeat(12_000) }));
  expect(await porch.post(JSON.stringify({ ...PUSH, commits }))).toBe(202);
  const [row] = porch.rows();
  expect(JSON.parse(row!.payload)).toEqual(PUSH);
});

test.each(['[', '{"a":', '[{"a":[['])('W6: 10 MB of %s, signed, is refused and the next is served', async (piece) => {
  expect(await porch.post(piece.repeat(10_000_000 / piece.length))).toBe(400);
  expect(await porch.post(BODY)).toBe(202);
});

test('W6: brackets inside a text are no nesting', async () => {
  const body = JSON.stringify({ ...PUSH, comment: { body: `\\"${'['.repeat(1000)}\\` } });
  expect(await porch.post(body, headersOf(body, 'issue_comment'))).toBe(202);
  expect(porch.rows()[0]!.payload).toBe(body);
});

describe('W7: a slow sender', () => {
  const bounds = { headersMs: 20, requestMs: 50, checkedMs: 20 };
  test.each([['head', 'POST /api/github/webhooks HTTP/1.1\r\nhost: door\r\n'], ['body', headText({ ...headersOf(BODY), 'content-length': '1000' })]])('of a %s is sent away', async (_, part) => {
    const slow = await openPorch({ bounds });
    expect(await slow.raw(part)).toContain('HTTP/1.1 408');
    await slow.dispose();
  });

  test('makes room for others when there are too many', async () => {
    const crowded = await openPorch({ bounds: { waitingSocketsMax: 2, drainMs: 10 } });
    const slow = [1, 2, 3].map(() => crowded.raw('POST '));
    expect(await slow[0]).toBe('');
    expect(await crowded.post(BODY)).toBe(202);
    await crowded.dispose();
  });
});

test('W8: one delivery sent a hundred times at once is one row', async () => {
  const headers = headersOf(BODY);
  const answers = await Promise.all(Array.from({ length: 100 }, () => porch.post(BODY, headers)));
  expect(new Set(answers)).toEqual(new Set([202]));
  expect(await porch.mailbox.waiting()).toBe(1);
});

test('W8: a delivery that comes again after it was handled starts nothing', async () => {
  const headers = headersOf(BODY);
  await porch.post(BODY, headers);
  for (const { row } of await porch.mailbox.take([], 1)) await porch.mailbox.done(row);
  expect(await porch.post(BODY, headers)).toBe(202);
  expect(await porch.mailbox.waiting()).toBe(0);
});

test('W9: the same push under a new id is one row', async () => {
  expect([await porch.post(BODY), await porch.post(BODY)]).toEqual([202, 202]);
  expect(porch.news).toMatchObject([{ outcome: 'new' }, { outcome: 'repeated' }]);
});

test('W14: a delivery whose row is there but whose 202 was lost is a no-op when it comes again', async () => {
  const headers = headersOf(BODY);
  await porch.mailbox.put({ id: headers['x-github-delivery']!, event: 'push', repository: '7', push: null, payload: '{}' }, 1);
  expect(await porch.post(BODY, headers)).toBe(202);
  expect(await porch.mailbox.waiting()).toBe(1);
});

test('W16: both secrets of a rotation are accepted, and which one it was is said', async () => {
  const later = JSON.stringify({ ...PUSH, after: 'b'.repeat(40) });
  expect([await porch.post(BODY), await porch.post(later, headersOf(later, 'push', OLD_SECRET))]).toEqual([202, 202]);
  expect(porch.news).toMatchObject([{ signedWith: 'current' }, { signedWith: 'previous' }]);
});

test.each([
  ['W17: of a repository nobody knows', { repository: { id: 999, full_name: 'a/b' } }, '999'],
  ['W17: whose repository has no number', { repository: { id: '7', full_name: 'a/b' } }, ''],
  ['W17: without a repository', { repository: undefined }, ''],
  ['W18: without a head commit', { head_commit: null, commits: [] }, '7'],
  ['W18: of a tag', { ref: 'refs/tags/v1', forced: true }, '7'],
  ['W18: of a short ref', { ref: 'x' }, '7'],
  ['W18: of no ref', { ref: null, after: 5 }, '7'],
  ['W19: of a branch called __proto__', { ref: 'refs/heads/__proto__' }, '7'],
])('a push %s is acknowledged and kept under its number', async (_, change, repository) => {
  expect(await porch.post(JSON.stringify({ ...PUSH, ...change }))).toBe(202);
  expect(porch.rows()).toMatchObject([{ event: 'push', repository }]);
});

test('W19: a payload with __proto__ and constructor as keys changes nobody', async () => {
  expect(await porch.post(`{"__proto__":{"id":1},"constructor":1,"repository":{"__proto__":{"id":8}},"polluted":1}`)).toBe(202);
  expect(porch.rows()).toMatchObject([{ repository: '' }]);
  expect({}).not.toHaveProperty('polluted');
});

test('W20: three hundred pushes at once are three hundred rows, each answered 202', async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => porch.post(JSON.stringify({ ...PUSH, after: `${n}` }))));
  expect(new Set(answers)).toEqual(new Set([202]));
  expect(await porch.mailbox.waiting()).toBe(300);
});

test('W21: of an event nobody handles only the header is kept', async () => {
  const body = JSON.stringify({ action: 'new', repository: { id: 7, url: 'https://x' }, thing: { deep: 1 } });
  expect(await porch.post(body, headersOf(body, 'sub_issues'))).toBe(202);
  expect(JSON.parse(porch.rows()[0]!.payload)).toEqual({ action: 'new', repository: { id: 7 } });
});

test.each([
  [405, 'a GET', { method: 'GET' }, {}],
  [415, 'a form', {}, { 'content-type': 'application/x-www-form-urlencoded' }],
  [415, 'another JSON', {}, { 'content-type': 'application/json-seq' }],
  [400, 'no delivery id', {}, { 'x-github-delivery': null }],
  [400, 'a delivery id with a quote', {}, { 'x-github-delivery': "a'b" }],
  [400, 'no event', {}, { 'x-github-event': null }],
])('answers %i to %s', async (status, _, init, headers) => {
  if ('method' in init) expect((await porch.get('/api/github/webhooks', init)).status).toBe(status);
  else expect(await porch.post(BODY, headers)).toBe(status);
  expect(porch.rows()).toEqual([]);
});

test('more bodies at once than memory is meant for are refused, and the next is served', async () => {
  const small = await openPorch({ bounds: { readingBytesMax: 100_000 } });
  expect([await small.post(JSON.stringify({ ...PUSH, pad: 'x'.repeat(200_000) })), await small.post(BODY)]).toEqual([503, 202]);
  await small.dispose();
});

test('a full mailbox is no 202', async () => {
  const full = await openPorch({ mailbox: Object.assign(Object.create(porch.mailbox) as Mailbox, { put: async () => 'full' }) });
  expect(await full.post(BODY)).toBe(503);
  await full.dispose();
});

test('a mailbox that cannot keep a delivery is no 202', async () => {
  await porch.mailbox.close();
  expect(await porch.post(BODY)).toBe(503);
  expect(porch.news).toMatchObject([{ kind: 'trouble' }, { kind: 'refused', status: 503 }]);
});
