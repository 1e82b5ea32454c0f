// A directory's bytes, drawn over those of the version before: the ids are as if each were drawn alone.
import { expect, it } from 'vitest';
import { Image } from '../../src/engine/object/image.ts';
import type { Line } from '../../src/engine/object/image.ts';

const line = (name: string, digit: string): Line => ({ name, mode: 0o100644, node: { digest: digit.repeat(40) } });
const lost: Line = {
  name: 'b', mode: 0o100644, node: {
    get digest(): string {
      throw new Error('lost');
    },
  },
};

it('after a node whose id could not be found the next version is right again', () => {
  const image = new Image().draw([line('a', '1'), line('b', '1')]);
  const [same, next] = [line('a', '1'), line('b', '3')];
  image.draw([same, line('b', '1')]);
  expect(() => image.draw([line('a', '2'), lost])).toThrow('lost');
  expect(image.draw([same, next]).id).toBe(new Image().draw([same, next]).id);
});

it('versions that differ in many places are copies of their own, each with its id', () => {
  const versions = ['1', '2', '3'].map((digit) => ['a', 'b', 'c', 'd'].map((name) => line(name, digit)));
  let image = new Image();
  for (const lines of [...versions, ...versions]) {
    image = image.draw(lines);
    expect(image.id).toBe(new Image().draw(lines).id);
  }
});
