// The server around the webhook path: pages, fallback, leaving, and every payload GitHub gives as an example.
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { FALLBACK_BODY_BYTES_MAX } from '../../src/adapter/http/door.ts';
import { headersOf, headText, openPorch, PUSH, type Porch } from './porch.ts';

type Example = { readonly name: string; readonly examples: readonly Readonly<Record<string, unknown>>[] };

const BODY = JSON.stringify(PUSH);
const EXAMPLES = createRequire(import.meta.url)('@octokit/webhooks-examples/api.github.com/index.json') as readonly Example[];
const open: Porch[] = [];

afterEach(async () => {
  for (const porch of open.splice(0)) await porch.dispose();
});

test('every example payload of GitHub is accepted, kept and readable', async () => {
  const porch = await opened({ handled: new Set(EXAMPLES.map(({ name }) => name)) });
  const all = EXAMPLES.flatMap(({ name, examples }) => examples.map((example) => ({ name, example })));
  const answers = await Promise.all(all.map(({ name, example }) => porch.post(JSON.stringify(example), headersOf(JSON.stringify(example), name))));
  expect(new Set(answers)).toEqual(new Set([202]));
  const kept = porch.rows();
  expect(kept.length + porch.news.filter((told) => told.kind === 'accepted' && told.outcome === 'repeated').length).toBe(all.length);
  expect(kept.filter(({ event }) => event !== 'push').map(({ payload }) => payload).toSorted()).toEqual(all.filter(({ name }) => name !== 'push').map(({ example }) => JSON.stringify(example)).toSorted());
});

test('pages are answered by their functions, everything else by the fallback', async () => {
  const porch = await opened({ pages: new Map([['/healthz', () => ({ status: 200, type: 'text/plain', body: 'well' })]]) });
  expect(await texts(porch, ['/healthz', '/healthz?x=1', '/', '/__proto__', '/healthz/more'])).toEqual(['well', 'well', 'fallback', 'fallback', 'fallback']);
  expect((await porch.get('/healthz', { method: 'POST' })).status).toBe(405);
});

test('a page or a fallback that throws is a 500 and is told, and the door stays', async () => {
  const porch = await opened({
    pages: new Map([['/metrics', () => Promise.reject(new Error('no metrics'))]]),
    fallback: () => {
      throw new Error('no page');
    },
  });
  expect([(await porch.get('/metrics')).status, (await porch.get('/')).status, await porch.post(BODY)]).toEqual([500, 500, 202]);
  expect(porch.news.filter(({ kind }) => kind === 'trouble')).toHaveLength(2);
});

test('a large body does not reach the fallback', async () => {
  const porch = await opened();
  expect((await porch.get('/', { method: 'POST', body: 'x'.repeat(FALLBACK_BODY_BYTES_MAX + 1) })).status).toBe(413);
  expect(await (await porch.get('/', { method: 'POST', body: 'x' })).text()).toBe('fallback');
});

test('who leaves answers what has arrived, and takes nothing new', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const porch = await opened({ pages: new Map([['/slow', async () => {
    await held;
    return { status: 200, type: 'text/plain', body: 'answered' };
  }]]) });
  const silent = porch.raw();
  const answer = porch.raw(`GET /slow HTTP/1.1\r\nhost: door\r\n\r\n`);
  await arrived(porch);
  const closed = porch.close();
  await expect(porch.get('/')).rejects.toThrow('fetch failed');
  release();
  expect([await answer, await silent]).toEqual([expect.stringContaining('answered'), '']);
  await closed;
});

test('who leaves does not wait for ever', async () => {
  const porch = await opened({ bounds: { drainMs: 20 } });
  const half = porch.raw(headText({ ...headersOf(BODY), 'content-length': '1000' }), BODY);
  await arrived(porch);
  await porch.close();
  expect(await half).toBe('');
});

test('an address that is taken is said', async () => {
  const porch = await opened();
  await expect(opened({ port: porch.port })).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(`127.0.0.1:${porch.port}`) });
});

test('a sender that goes away in the middle leaves nothing behind', async () => {
  const porch = await opened();
  const socket = connect(porch.port, '127.0.0.1', () => socket.end(headText({ ...headersOf(BODY), 'content-length': `${BODY.length}` }) + BODY.slice(1)));
  await new Promise((resolve) => socket.resume().once('close', resolve));
  expect([await porch.post(BODY), await porch.mailbox.waiting()]).toEqual([202, 1]);
});

async function opened(more: Parameters<typeof openPorch>[0] = {}): Promise<Porch> {
  const porch = await openPorch(more);
  open.push(porch);
  return porch;
}

/** What was sent before this was read: one more request, answered after them. */
async function arrived(porch: Porch): Promise<void> {
  await (await porch.get('/')).text();
}

async function texts(porch: Porch, paths: readonly string[]): Promise<readonly string[]> {
  return Promise.all(paths.map(async (path) => (await porch.get(path)).text()));
}
