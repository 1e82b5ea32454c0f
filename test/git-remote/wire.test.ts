// The wire against a server that answers questions and never a push. Over a whole forge: wire.long.test.ts.
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { packet } from '../../src/adapter/git/packet.ts';
import { overHttp } from '../../src/adapter/git/wire-http.ts';
import { openWire } from '../../src/adapter/git/wire.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { MAIN } from './world.ts';

const TIP = '1'.repeat(40) as Oid;

test('a pack that is cut off in its header is no answer', async () => {
  const cut = `${packet('wanted-refs\n')}${packet(`${TIP} ${MAIN}\n`)}0001${packet('packfile\n')}${packet('\u0001PACK\0\0\0\u0002\0')}0000`;
  const wire = openWire({ takesNames: true, post: () => Promise.resolve({ kind: 'body', body: Buffer.from(cut) }) });
  const kept: unknown[] = [];
  expect(await wire.pull([MAIN], [], async (pack) => kept.push(await pack()) > 0)).toBeNull();
  expect(kept).toEqual([null]);
});

test('what is given up after three failures is tried again in the end', async () => {
  let isAway = true;
  let asked = 0;
  const wire = openWire({ takesNames: false, post: () => {
    asked += 1;
    return Promise.resolve(isAway ? { kind: 'refused' } : { kind: 'body', body: Buffer.from('0000') });
  } });
  for (let look = 0; look < 20; look += 1) expect(await wire.list([MAIN])).toBeNull();
  expect(asked).toBe(3);
  isAway = false;
  for (let look = 0; look < 60; look += 1) await wire.list([MAIN]);
  expect(await wire.list([MAIN])).toEqual([]);
});

test('pushes that are never answered are git\'s after three, whatever else is answered meanwhile', async () => {
  const server = createServer((asked, answer) => {
    const isQuestion = asked.url?.endsWith('git-upload-pack') === true;
    asked.resume().on('end', () => answer.writeHead(isQuestion ? 200 : 500, { 'content-type': 'application/x-git-upload-pack-result' }).end('0000'));
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  const address = server.address();
  const wire = openWire(overHttp(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, () => Promise.resolve('token'), new AbortController().signal));
  wire.trust();
  const answers: unknown[] = [];
  for (let push = 0; push < 4; push += 1) {
    answers.push(await wire.push([{ ref: MAIN, old: null, new: TIP }], () => Promise.resolve(Buffer.from('PACK')), 20_000));
    expect(await wire.list([MAIN])).toEqual([]);
  }
  expect(answers).toEqual(['unclear', 'unclear', 'unclear', null]);
  server.close();
});
