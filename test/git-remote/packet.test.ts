import { expect, it } from 'vitest';
import { linesUntilFlush, packet } from '../../src/adapter/git/packet.ts';

it('reads pkt-lines only when they are whole', () => {
  expect(linesUntilFlush(Buffer.from(`${packet('one\n')}0000`))?.map(String)).toEqual(['one\n']);
  expect(['', 'x', '0000', '0006a\n', '0003', '00ffab0000', `${packet('one\n')}0001${packet('two\n')}0000`].map((text) => linesUntilFlush(Buffer.from(text)))).toEqual([null, null, [], null, null, null, null]);
});
