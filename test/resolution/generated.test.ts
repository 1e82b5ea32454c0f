// What a command made, before it may land; and which command is declared for a file.
import { expect, test } from 'vitest';
import { DEFAULT_GATE } from '../../src/merge/policy.ts';
import { generatedBy } from '../../src/merge/route.ts';
import { flawIn } from '../../src/resolution/generated.ts';

test.each([
  ['lock.json', '{}\n', null], ['yarn.lock', 'a@1:\n', null], ['yarn.lock', undefined, 'was not left as a file of text'], ['yarn.lock', ' \n', 'was left empty'],
  ['yarn.lock', 'a\n=======\nb\n', 'was left with conflict markers'], ['yarn.lock', 'a\n<<<<<<< x\r\n', 'was left with conflict markers'], ['lock.json', '{', 'was left as no JSON'],
])('%s holding %j: %s', (path, text, flaw) => {
  expect(flawIn(path, text)).toBe(flaw);
});

test('the first rule with a pattern for the path counts', () => {
  const rule = (run: string, ...paths: readonly string[]) => ({ paths, make: { ...DEFAULT_GATE, run } });
  const rules = [rule('npm', 'package-lock.json', '**/package-lock.json'), rule('any', '**')];
  expect(['package-lock.json', 'a/b/package-lock.json', 'go.sum'].map((path) => generatedBy(rules, path)?.make.run)).toEqual(['npm', 'npm', 'any']);
  expect(generatedBy([], 'go.sum')).toBeNull();
});
