// What every gate keeps to: a red command is a verdict about exactly this tree, trouble of the machine is not.
import { describe, expect, test } from 'vitest';
import type { GateBench } from '../gate/bench-of-gates.ts';
import { MAIN, oid, ruleOf } from '../gate/bench-of-gates.ts';

export function gateContract(name: string, open: () => Promise<GateBench>): void {
  describe(`the ${name} gate`, () => {
    test('passes what exits with 0, on the tree it was asked for', async () => {
      const bench = await open();
      const commit = await bench.commit({ 'a.txt': 'one' });
      const verdict = await bench.run(commit, 'test "$(cat a.txt)" = one');
      expect(verdict).toMatchObject({ kind: 'passed', tree: await bench.treeOf(commit), gate: 'test "$(cat a.txt)" = one' });
    });

    test('fails what does not, with the exit code and the last words', async () => {
      const bench = await open();
      const verdict = await bench.run(await bench.commit({ a: '1' }), 'echo out; echo err >&2; echo again; exit 7');
      expect(verdict).toMatchObject({ kind: 'failed', cause: 'exit', exitCode: 7, tail: 'out\nerr\nagain' });
    });

    test('refuses a tree that is not the commit\'s, retryably', async () => {
      const bench = await open();
      const [one, two] = [await bench.commit({ a: '1' }), await bench.commit({ a: '2' })];
      const run = bench.gate.run(one, await bench.treeOf(two), ruleOf('true'), new AbortController().signal, MAIN);
      await expect(run).rejects.toMatchObject({ name: 'MaestroError', retryable: true });
    });

    test('says that a tree nobody has cannot be checked out', async () => {
      const bench = await open();
      const nowhere = oid('1234567890123456789012345678901234567890');
      const run = bench.gate.run(await bench.commit({ a: '1' }), nowhere, ruleOf('true'), new AbortController().signal, MAIN);
      await expect(run).rejects.toMatchObject({ name: 'MaestroError', code: 'git-failed', retryable: false });
    });

    test('ends at once when nobody waits any more', async () => {
      const bench = await open();
      const stop = new AbortController();
      const run = bench.run(await bench.commit({ a: '1' }), 'sleep 30', {}, stop.signal);
      stop.abort();
      await expect(run).rejects.toMatchObject({ name: 'MaestroError', retryable: true });
    });

    test('runs the next one after a failed, a stopped and a refused one', async () => {
      const bench = await open();
      const commit = await bench.commit({ a: '1' });
      await bench.run(commit, 'false');
      await bench.run(commit, 'true', {}, AbortSignal.abort()).catch(() => undefined);
      expect(await bench.run(commit, 'true')).toMatchObject({ kind: 'passed' });
    });

    test('is stopped by close, and runs nothing afterwards', async () => {
      const bench = await open();
      const commit = await bench.commit({ a: '1' });
      const run = bench.run(commit, 'sleep 30').catch((error: unknown) => error);
      await bench.gate.close();
      expect(await run).toMatchObject({ retryable: true });
      await expect(bench.run(commit, 'true')).rejects.toMatchObject({ retryable: true });
    });
  });
}
