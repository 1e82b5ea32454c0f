// A lock file in conflict: made anew by its declared command from the merged manifest, gated, landed; or a person, who hears why.
import { describe, expect, test } from 'vitest';
import { asked, clash, row, type Clash } from './minds-case.ts';

const MAKE = `printf '{"sum": "%s"}\\n' "$(cksum < pool.json)" > lock.json`;
/** Green where the lock file is the one of its manifest. */
const GATE = `cp lock.json seen && ${MAKE} && cmp lock.json seen`;
const lock = (sum: string) => ({ 'lock.json': `{"sum": "${sum}"}\n` });
const sumOf = new Map([[row(4, 1), '1'], [row(8, 1), '2'], [row(4, 64), '3']]);
const side = (pool: string) => ({ 'pool.json': pool, ...lock(sumOf.get(pool) ?? '') });

/** Both changed the manifest, and with it the lock file. */
const LOCKED: Clash = { base: side(row(4, 1)), first: side(row(8, 1)), second: side(row(4, 64)) };
/** The manifest merges by itself, the lock file does not. */
const LOCK_ONLY: Clash = { base: { 'pool.json': '1\n2\n3\n4\n', ...lock('1') }, first: { 'pool.json': 'one\n2\n3\n4\n', ...lock('2') }, second: { 'pool.json': '1\n2\n3\nfour\n', ...lock('3') } };
/** The sides' own lock files are made up: only of what is decided here the gate looks at it. */
const SECOND = `if grep -q 'batch.*64\\|four' pool.json; then ${GATE}; fi`;

function locked(of: Clash, run: string, gate: string | null = SECOND, diff3: 'auto' | 'off' = 'off') {
  return clash(of, { gate, diff3, more: `    generated:\n      - { paths: ["*.lock", lock.json], run: ${JSON.stringify(run)} }\n` });
}

describe('a declared file in conflict is made anew', () => {
  test('from a manifest that merged by itself, and lands as what was gated', async () => {
    const on = await locked(LOCK_ONLY, MAKE);
    await on.ready('feature/elsewhere', { 'z.txt': 'z\n' });
    const { resolution, phase } = await on.reaches('feature/second', 'landed');
    await on.landed('feature/elsewhere');
    expect(await on.read('pool.json')).toBe('one\n2\n3\nfour');
    expect(await on.read('lock.json')).toMatch(/^\{"sum": "\d+ 13"\}$/);
    expect(resolution).toMatchObject({ how: 'consensus', made: ['lock.json'], minds: { files: [{ path: 'lock.json', outcome: { kind: 'settled', rung: 'made anew' } }] } });
    expect(phase.verdict).toMatchObject({ kind: 'passed', tree: phase.candidate.tree });
    expect(await on.maestro.control.tasks()).toEqual([]);
  });

  test('though diff3 could merge it', async () => {
    const sums = (one: number, other: number) => ({ 'lock.json': `{\n"sum": ${one},\n"other": ${other}\n}\n` });
    const on = await locked({ base: sums(1, 1), first: sums(2, 1), second: sums(1, 2) }, `echo '{"sum": "made"}' > lock.json`, 'true', 'auto');
    await on.landed('feature/second');
    expect(await on.read('lock.json')).toBe('{"sum": "made"}');
  });

  test('from a manifest that the minds settled first; nothing else of what the command did is taken', async () => {
    const on = await locked(LOCKED, `${MAKE}; echo spoilt > other.txt; echo spoilt > a.txt; rm pool.json`);
    await on.landed('feature/second');
    expect([await on.read('pool.json'), await on.read('a.txt'), await on.read('other.txt')]).toEqual([row(8, 64).trimEnd(), 'a', null]);
    expect(await on.read('lock.json')).toMatch(/^\{"sum": "\d+ \d+"\}$/);
  });
});

describe('a person is asked, and hears why', () => {
  test.each([
    ['the command fails', 'echo no registry; exit 3', 'could not be made anew by `echo no registry; exit 3` (exit): no registry'],
    ['it leaves a link', 'ln -sf /etc/hostname lock.json', 'was not left as a file of text'],
    ['it leaves markers', `printf '<<<<<<< a\\n' > lock.json`, 'was left with conflict markers'],
    ['it leaves no JSON', 'echo "{" > lock.json', 'was left as no JSON'],
  ])('where %s', async (_, run, why) => {
    const on = await locked(LOCK_ONLY, run);
    const question = await asked(on);
    expect(question.options.map(({ letter }) => letter)).toEqual(['A', 'B']);
    expect((await on.maestro.control.explain('feature/second')).waitsFor).toContain(`nothing is proposed: lock.json: ${why}`);
  });

  test('where the gate is red on what was made', async () => {
    const question = await asked(await locked(LOCK_ONLY, `echo '{"sum": "wrong"}' > lock.json`));
    expect(question.options.map(({ letter }) => letter)).toEqual(['A', 'B']);
  });

  test('where no gate is configured: then no command is run either', async () => {
    const on = await locked(LOCK_ONLY, 'true', null);
    const question = await asked(on);
    expect(question.minds?.files).toMatchObject([{ path: 'lock.json', outcome: { kind: 'person' } }]);
  });
});
