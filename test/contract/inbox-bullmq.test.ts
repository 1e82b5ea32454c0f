// The inbox on BullMQ keeps the contract, and what several machines ask of it: no key twice at once anywhere, no ring lost with a machine or with Redis.
import { Queue } from 'bullmq';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openBullmqInbox } from '../../src/adapter/bullmq/inbox.ts';
import { openBullmqLine, type BullmqLine } from '../../src/adapter/bullmq/line.ts';
import type { Inbox } from '../../src/port/inbox.ts';
import { hasRedis, javascriptRedis, realRedis } from '../harness/redis.ts';
import { served } from '../harness/served.ts';
import { inboxContract } from './inbox.contract.ts';

let repositories = 0;

describe('on a Redis in JavaScript', () => {
  const { client: line } = served(javascriptRedis, openBullmqLine);
  inboxContract('BullMQ', (onError) => openOn(line(), onError), { keys: 80, rings: 60 });
});

describe.skipIf(!hasRedis())('on a real Redis', () => {
  const { client: line, server } = served(() => realRedis(), openBullmqLine);
  inboxContract('BullMQ', (onError) => openOn(line(), onError));

  test('two machines never run one key at once, and lose no ring between them', async () => {
    const [one, other] = machines(line(), 2);
    const now = new Map<string, number>();
    const seen = new Map<string, number>();
    const rung = new Map<string, number>();
    let most = 0;
    let rings = 150;
    const ring = (key: string): void => {
      rung.set(key, (rung.get(key) ?? 0) + 1);
      (rings % 2 === 0 ? one : other)!.ring(key);
    };
    for (const inbox of [one, other]) inbox!.serve(async (key) => {
      const count = rung.get(key) ?? 0;
      now.set(key, (now.get(key) ?? 0) + 1);
      most = Math.max(most, now.get(key) ?? 0);
      await new Promise(setImmediate);
      if (rings-- > 0) ring(`lane ${rings % 7}`);
      seen.set(key, Math.max(seen.get(key) ?? 0, count));
      now.set(key, (now.get(key) ?? 0) - 1);
    });
    for (let n = 0; n < 7; n++) ring(`lane ${n}`);
    await Promise.all([one!.idle(), other!.idle()]);
    expect(most).toBe(1);
    expect(seen).toEqual(rung);
  });

  test('a ring on a machine that only rings is heard where the repository is served', async () => {
    const [door, owner] = machines(line(), 2);
    const heard = Promise.withResolvers<string>();
    owner!.serve(async (key) => heard.resolve(key));
    door!.ring('refs/heads/main');
    expect(await heard.promise).toBe('refs/heads/main');
  });

  test('rings while Redis is away are heard once it is back, with its data or without', async () => {
    const [inbox] = machines(line(), 1);
    const runs: string[] = [];
    let tell = (): void => undefined;
    inbox!.serve(async (key) => {
      runs.push(key);
      tell();
    });
    for (const data of ['kept', 'wiped'] as const) {
      const heard = new Promise<void>((resolve) => (tell = resolve));
      await server().kill();
      for (let n = 0; n < 50; n++) inbox!.ring(data);
      await server().start(data);
      await heard;
    }
    await inbox!.idle();
    expect([...new Set(runs)]).toEqual(['kept', 'wiped']);
  });

  test.each(['12345', 'a:b', 'refs/heads/ü', '', '{}', 'maestro:{x}:ring'])('takes %j as any other key', async (key) => {
    const [inbox] = machines(line(), 1);
    const runs: string[] = [];
    inbox!.serve(async (key) => void runs.push(key));
    inbox!.ring(key);
    await inbox!.idle();
    expect(runs).toEqual([key]);
  });

  test('jobs that nobody of Maestro wrote are passed over', async () => {
    const [inbox] = machines(line(), 1);
    const runs: string[] = [];
    const strange = new Queue('ring', { connection: line().client, prefix: `maestro:{machines%20${repositories - 1}}` });
    for (const data of [null, 7, 'text', [], {}, { key: 7 }, { key: { key: 'a' } }]) await strange.add('ring', data);
    inbox!.serve(async (key) => void runs.push(key));
    inbox!.ring('a');
    await inbox!.idle();
    expect(runs).toEqual(['a']);
    await strange.close();
  });

  test('closes while Redis is away', async () => {
    const own = openBullmqLine(server().url);
    const [inbox] = machines(own, 1);
    inbox!.serve(async () => undefined);
    inbox!.ring('a');
    await inbox!.idle();
    await server().kill();
    inbox!.ring('a');
    await inbox!.close();
    await own.close();
    await server().start('kept');
  });
});

async function openOn(line: BullmqLine, onError: (key: string, error: unknown) => void) {
  const inbox = openBullmqInbox({ line, repository: `contract ${repositories++}`, onError });
  return { inbox, dispose: () => inbox.close() };
}

function machines(line: BullmqLine, count: number): readonly Inbox[] {
  const repository = `machines ${repositories++}`;
  const all = Array.from({ length: count }, () => openBullmqInbox({ line, repository, onError: (_, error) => expect.fail(String(error)) }));
  onTestFinished(async () => void await Promise.all(all.map((inbox) => inbox.close())));
  return all;
}
