// Calls that are read without the parser: the same call, or left to it.
import { describe, expect, test } from 'vitest';
import { readCall } from '../../src/command/plain.ts';
import { openTerminal } from '../../src/command/terminal.ts';
import type { Verb } from '../../src/command/verb.ts';

const terminal = openTerminal();
const verb: Verb = { args: [['<id>', ''], ['[answer]', '']], flags: [['--dry-run', ''], ['--for <whom>', '']], notes: '', run: () => Promise.resolve(0) };

test('arguments, flags and values, in any order', () => {
  const call = readCall(verb, ['--for', 'ada', 'feature/x', '--dry-run', '--state', '/s', 'AB', '--json'], terminal);
  expect([call?.arg(0), call?.arg(1), call?.arg(2)]).toEqual(['feature/x', 'AB', null]);
  expect([call?.has('dryRun'), call?.has('watch'), call?.value('for'), call?.value('gate')]).toEqual([true, false, 'ada', null]);
  expect(call).toMatchObject({ repo: '.', state: '/s', json: true });
});

describe('left to the parser', () => {
  test.each([[[]], [['x', '--help']], [['x', 'y', 'z']], [['x', '--fro', 'ada']], [['x', '--for']], [['x', '--for', '--json']], [['x', '--for=ada']], [['x', '--', '-y']], [['-x']]])('%j', (words) => {
    expect(readCall(verb, words, terminal)).toBeNull();
  });

  test.each([[{ ...verb, flags: [['--no-learn', '']] }], [{ ...verb, args: [['[files...]', '']] }]] satisfies [Verb][])('%j', (other) => {
    expect(readCall(other, ['x'], terminal)).toBeNull();
  });
});
