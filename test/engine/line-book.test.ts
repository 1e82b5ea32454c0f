// Texts merged by what the book knows of them: the bytes of the whole merge, or none.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { mergedText } from '../../src/engine/line/merge-lines.ts';
import { LineBook } from '../../src/engine/merge/line-book.ts';
import { Blob } from '../../src/engine/object/node.ts';
import { Random } from '../harness/random.ts';

const SHELF = { entries: () => null, bytes: (blob: Blob) => blob.bytes };
const RUNS = 3000;

it('what the book merges is what the whole merge comes to, and it merges whatever lies apart', () => {
  const book = new LineBook();
  const random = new Random(7);
  let merged = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const base = textOf(random);
    const [ours, theirs] = [edited(random, base), edited(random, base)];
    const bytes = book.merged(blobOf(base), blobOf(ours), blobOf(theirs), SHELF);
    if (bytes === null) continue;
    merged += 1;
    expect(Buffer.from(bytes).toString('latin1')).toBe(mergedText(base, ours, theirs));
  }
  expect(merged).toBeGreaterThan(RUNS / 4);
});

it('changes that touch are for the whole merge', () => {
  const [base, ours, theirs] = ['a\nb\nc\n', 'a\nB\nc\n', 'a\nb\nC\n'].map(blobOf);
  expect(new LineBook().merged(base ?? blobOf(''), ours ?? blobOf(''), theirs ?? blobOf(''), SHELF)).toBeNull();
});

it('of versions that change a line the book keeps that line, and not all of each', () => {
  const book = new LineBook();
  const lines = Array.from({ length: 5_000 }, (_, at) => `  "the package number ${at} of a lock file": "its version",\n`);
  const base = blobOf(lines.join(''));
  const look = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) book.areApart(base, base, blobOf(lines.with(at, `  "a line that only version ${at} has": "",\n`).join('')), SHELF);
  };
  look(0, 1);
  const before = bytesInUse();
  look(1, 101);
  expect(bytesInUse() - before).toBeLessThan(10 * 1024 * 1024);
});

it('long lines count, too: the book starts anew instead of keeping hundreds of megabytes', () => {
  const book = new LineBook();
  const line = 'x'.repeat(900_000);
  for (let at = 0; at < 200; at += 1) book.areApart(blobOf(`${line}\n`), blobOf(`${line}\n`), blobOf(`${at}${line}\n`), SHELF);
  expect(book.bytes).toBeLessThan(140 * 1024 * 1024);
  expect(book.bytes).toBeGreaterThan(1024 * 1024);
});

function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
}

function blobOf(text: string): Blob {
  return Blob.of(Buffer.from(text, 'latin1'));
}

/** Some lines are there many times, and the last may have no end. */
function textOf(random: Random): string {
  const lines = Array.from({ length: random.between(0, 24) }, (_, at) => random.chance(0.3) ? '}' : `line ${at}`);
  return lines.length === 0 ? '' : `${lines.join('\n')}${random.chance(0.7) ? '\n' : ''}`;
}

function edited(random: Random, text: string): string {
  const lines = text.split('\n');
  for (let times = random.between(1, 2); times > 0; times -= 1) {
    const at = random.below(lines.length);
    lines.splice(at, random.below(3), ...Array.from({ length: random.below(3) }, () => random.pick(['}', `new ${random.below(9)}`, `\u00e9 ${random.below(3)}`])));
  }
  return lines.join('\n');
}
