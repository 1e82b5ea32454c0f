// Puts the ladder and its thread together: the verbs' way to it.
import { extname } from 'node:path';
import { Ladder } from './adapter/ladder/ladder.ts';
import { systemClock } from './adapter/local/clock.ts';

const THREAD = new URL(`./compose-ladder-thread${extname(import.meta.url)}`, import.meta.url);

/** Nobody waits for a thread, and none is started, before there is a conflict. */
export type LazyLadder = { open(): Ladder; close(): Promise<void> };

export function lazyLadder(): LazyLadder {
  let ladder: Ladder | null = null;
  return { open: () => ladder ??= openLadder(), close: () => ladder?.close() ?? Promise.resolve() };
}

export function openLadder(): Ladder {
  return new Ladder(THREAD, systemClock());
}
