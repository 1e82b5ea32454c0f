// What a rung of the ladder did, for people: ours is the target, theirs the branch.
import { SYNTHESIS_RUNG } from './synthesis.ts';

/** The first that the name begins with counts: what stands behind it tells one such text from another, not what kind it is. */
const WAYS: readonly (readonly [begin: string, words: string])[] = [
  ['several:', 'each place in its own way'],
  ['ours+theirs', 'the target\'s lines, then the branch\'s'],
  ['theirs+ours', 'the branch\'s lines, then the target\'s'],
  ['ours+new', 'the target\'s lines, then what is new in the branch\'s'],
  ['theirs+new', 'the branch\'s lines, then what is new in the target\'s'],
  ['ours', 'as the target has it'],
  ['theirs', 'as the branch has it'],
  ['base', 'as it was before both'],
  ['empty', 'none of the lines in conflict'],
  ['weave-keep', 'both sides\' lines, and what either of them took out'],
  ['weave', 'both sides\' lines where they stand'],
  ['union', 'both sides\' lines, common ones once'],
  ['sorted', 'both sides\' lines in the order of the alphabet'],
  ['bridge', 'one side\'s lines, then the other\'s'],
  ['comma', 'one side\'s items, then the other\'s'],
  ['token-version', 'both sides\' words, the higher version'],
  ['token', 'both sides\' words'],
  ['version-high', 'the higher version'],
  ['version-low', 'the lower version'],
  ['pick', 'a part of one side\'s lines'],
  ['atom', 'here the target\'s lines, there the branch\'s'],
  ['reworded', 'both sides\' changes, line by line'],
  ['aligned', 'both sides\' changes, line by line'],
  ['keyed', 'both sides\' entries, key by key'],
  ['replayed', 'as this conflict was resolved before'],
  ['taught', 'one side\'s lines, with what the other changed throughout'],
  ['tidied', 'the likeliest text without imports that nothing uses any more'],
  ['parted', 'merged from what both had last'],
  ['entity', 'both sides\' changes, definition by definition'],
  ['imports', 'both sides\' imports'],
  ['keys', 'both sides\' changes, key by key'],
  ['sections', 'both sides\' changes, section by section'],
  ['lines', 'both sides\' entries of the list'],
  ['whole-ours', 'the whole file as the target has it'],
  ['whole-theirs', 'the whole file as the branch has it'],
  [SYNTHESIS_RUNG, 'what a voter wrote'],
];

/** The name itself where nobody has put it into words. */
export function rungWords(rung: string): string {
  return WAYS.find(([begin]) => rung.startsWith(begin))?.[1] ?? rung;
}
