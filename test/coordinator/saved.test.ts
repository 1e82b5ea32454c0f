// Whoever says something waits until it is written down, and is not kept where the ledger takes nothing.
import { expect, test } from 'vitest';
import { untilSaved } from '../../src/coordinator/saved.ts';
import { lane } from '../contract/store-event.ts';

const MAIN = lane('main');
const NEVER = new Promise<void>(() => undefined);

/** A clock whose time comes at once. */
const late = { nowMs: () => 0, after: (_: number, work: () => void) => (queueMicrotask(work), () => undefined) };
/** One whose time never comes. */
const early = { nowMs: () => 0, after: () => () => undefined };

test('what is saved is saved, though the next turn is not', async () => {
  await expect(untilSaved({ turned: () => Promise.resolve(), unsaved: () => 'the disk is full' }, MAIN, early)).resolves.toBeUndefined();
});

test('a turn that takes long is waited for while nothing is wrong with the ledger', async () => {
  let end = (): void => undefined;
  const turned = new Promise<void>((resolve) => (end = resolve));
  const waiting = untilSaved({ turned: () => turned, unsaved: () => null }, MAIN, late);
  setImmediate(end);
  await expect(waiting).resolves.toBeUndefined();
});

test('a ledger that takes nothing keeps nobody, and why is said', async () => {
  const trying = untilSaved({ turned: () => NEVER, unsaved: () => 'the disk is full' }, MAIN, late);
  await expect(trying).rejects.toMatchObject({ code: 'disk', retryable: true, message: 'this is not written down yet, and counts once it is: the disk is full' });
});
