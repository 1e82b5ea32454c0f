// Every kind of conflict, with both answers.
import { describe, test } from 'vitest';
import { CASES, endsAs } from './conflict-case.ts';

describe.each(CASES)('a conflict of kind $kind', (one) => {
  test.each(['A', 'B'] as const)('is named and asked; %s gives the tree it promised', (letter) => endsAs(one, letter));
});
