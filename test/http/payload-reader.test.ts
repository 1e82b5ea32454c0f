// Large bodies in their thread: bounded in number and time, and a thread that dies takes one body with it, not the door.
import { afterEach, expect, test } from 'vitest';
import { LARGE_MS_MAX, LARGE_WAITING_MAX, PayloadReader } from '../../src/adapter/http/payload-reader.ts';
import { SMALL_BYTES_MAX, type Body } from '../../src/adapter/http/payload.ts';
import { systemClock } from '../../src/adapter/local/clock.ts';
import type { Clock } from '../../src/port/clock.ts';

const readers: PayloadReader[] = [];

afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close();
});

test('reads large bodies one after another, and says busy beyond its bound', async () => {
  const reader = opened();
  const readings = await Promise.all(Array.from({ length: LARGE_WAITING_MAX + 1 }, () => reader.read(large())));
  expect(readings.map(({ kind }) => kind)).toEqual([...Array.from({ length: LARGE_WAITING_MAX }, () => 'read'), 'busy']);
  expect(await reader.read(large())).toEqual({ kind: 'read', repository: '7', push: { ref: 'refs/heads/x', after: 'a' }, payload: '{"ref":"refs/heads/x","after":"a","repository":{"id":7}}' });
});

test('gives up a body that takes too long, and reads the next in a new thread', async () => {
  let fire = (): void => {};
  const impatient = opened({ nowMs: () => 0, after: (delayMs, work) => {
    expect(delayMs).toBe(LARGE_MS_MAX);
    fire = work;
    return () => {};
  } });
  const reading = impatient.read(large());
  fire();
  expect(await reading).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('in time') });
  expect(await impatient.read(large())).toMatchObject({ kind: 'read' });
});

test('refuses a header that is too large to keep', async () => {
  const body = Buffer.from(JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`member ${n}`, n]))));
  expect(await opened().read({ bytes: Buffer.concat([body]), event: 'push', handled: true })).toMatchObject({ kind: 'unreadable' });
});

test('keeps a comment whole that is as large as may be, and only the header beyond', async () => {
  const reader = opened();
  const kept = async (chars: number) => {
    const text = JSON.stringify({ action: 'created', repository: { id: 7 }, comment: { body: 'x'.repeat(chars) } });
    const reading = await reader.read({ bytes: Buffer.concat([Buffer.from(text)]), event: 'issue_comment', handled: true });
    return reading.kind === 'read' && reading.payload.length === text.length;
  };
  expect([await kept(SMALL_BYTES_MAX - 100), await kept(SMALL_BYTES_MAX)]).toEqual([true, false]);
});

function opened(clock: Clock = systemClock()): PayloadReader {
  const reader = new PayloadReader(clock);
  readers.push(reader);
  return reader;
}

function large(): Body {
  const text = JSON.stringify({ ref: 'refs/heads/x', after: 'a', repository: { id: 7 }, commits: [{ message: 'm'.repeat(SMALL_BYTES_MAX) }] });
  return { bytes: Buffer.concat([Buffer.from(text)]), event: 'push', handled: true };
}
