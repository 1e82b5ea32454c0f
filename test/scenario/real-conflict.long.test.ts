// Every kind of conflict, answered [A]: the target's side stays, exactly. The other answer is in the fast suite.
import { test } from 'vitest';
import { CASES, endsAs } from './conflict-case.ts';

test.each(CASES)('a conflict of kind $kind: A gives the tree it promised', (one) => endsAs(one, 'A'));
