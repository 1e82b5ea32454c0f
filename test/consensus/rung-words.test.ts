// Whatever the ladder may have done is put into words.
import { expect, test } from 'vitest';
import { rungWords } from '../../src/consensus/rung-words.ts';
import { STRUCTURAL_KINDS } from '../../src/resolution/feature-option.ts';
import { RULES } from '../../src/resolution/rule.ts';

test.each([...RULES, ...STRUCTURAL_KINDS.flatMap((kind) => kind === 'whole' ? ['whole-ours', 'whole-theirs'] : [kind, `${kind}-both-reversed`]), 'several:atom', 'synthesis'])('%s', (rung) => {
  expect(rungWords(rung)).toMatch(/ /);
});

test('the longer name is meant where one begins with another', () => {
  expect(['ours', 'ours+theirs', 'ours+new'].map(rungWords)).toEqual(['as the target has it', 'the target\'s lines, then the branch\'s', 'the target\'s lines, then what is new in the branch\'s']);
});
