// Puts the ladder and its thread together: the verbs' way to it.
import { extname } from 'node:path';
import { Ladder } from './adapter/ladder/ladder.ts';
import { systemClock } from './adapter/local/clock.ts';

const THREAD = new URL(`./compose-ladder-thread${extname(import.meta.url)}`, import.meta.url);

export function openLadder(): Ladder {
  return new Ladder(THREAD, systemClock());
}
