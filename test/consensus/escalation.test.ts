// What is always a person's, and what the person is shown.
import { describe, expect, test } from 'vitest';
import { lostTest, unexplainedDrops } from '../../src/consensus/drop.ts';
import { choiceOf } from '../../src/consensus/escalation.ts';
import { sidesVote } from '../../src/consensus/role/sides.ts';
import { PROTECTED_AREAS, protectedArea } from '../../src/consensus/protected.ts';
import { afterOneRound, ballot, dropped, FILE, next, NOTHING_LOST, option, subject } from './room.ts';

describe('a path', () => {
  test.each([
    ['.github/workflows/ci.yml', 'CI and workflows'], ['CODEOWNERS', 'CI and workflows'], ['.husky/pre-commit', 'hooks'],
    ['src/AuthService.java', 'authentication and permissions'], ['auth/login.ts', 'authentication and permissions'], ['lib/oauth_client.py', 'authentication and permissions'],
    ['db/migrations/0001_init.sql', 'migrations'], ['server.pem', 'security'], ['src/crypto/hash.ts', 'security'],
    ['hooks/pre-push', 'hooks'], ['.woodpecker.yml', 'CI and workflows'], ['src/authenticate.ts', 'authentication and permissions'], ['authorize.py', 'authentication and permissions'],
    ['src/Auth0Client.ts', 'authentication and permissions'], ['isAuthenticated.ts', 'authentication and permissions'], ['accessControl.ts', 'authentication and permissions'], ['alembic/versions/1.py', 'migrations'],
    ['config/app.yml', 'configuration'], ['.env.production', 'configuration'],
  ])('%s is protected', (path, area) => expect(protectedArea(path, PROTECTED_AREAS)).toBe(area));

  test.each(['src/author.ts', 'src/authority.ts', 'src/controlAccess.ts', 'src/cryptic.ts', 'src/hooks/useThing.ts', 'docs/github.md', 'src/tokenizer.ts', 'package.json', 'src/configure.ts', ''])('%s is not', (path) => {
    expect(protectedArea(path, PROTECTED_AREAS)).toBeNull();
  });
});

describe('a dropped line', () => {
  const file = { ...FILE, base: 'version = 1\n', ours: 'version = 2\n', theirs: 'version = 3\n' };
  const takesOurs = option('o1', 0.9, { text: file.ours, ledger: dropped('version = 3') });

  test('is explained where both sides rewrote the same line and one form stands', () => {
    expect(unexplainedDrops(takesOurs, subject([takesOurs], { file }), [], 2)).toEqual([]);
  });

  test.each([
    ['is explained where one line holds what both changed of it', 'a: 2, b: 3\n', 0],
    ['is not where that line holds one change only', 'a: 2, b: 1, c: 9\n', 2],
  ])('%s', (_, text, unexplained) => {
    const row = { ...FILE, base: 'a: 1, b: 1\n', ours: 'a: 2, b: 1\n', theirs: 'a: 1, b: 3\n' };
    const lost = [...dropped('a: 2, b: 1', 'ours').dropped, ...dropped('a: 1, b: 3').dropped];
    const both = option('o1', 0.9, { text, ledger: { ...NOTHING_LOST, dropped: lost } });
    expect(unexplainedDrops(both, subject([both], { file: row }), [], 2)).toHaveLength(unexplained);
  });

  test('is not where both added a line of their own', () => {
    const added = { ...file, base: '', ours: 'import a from x\n', theirs: 'import b from x\n' };
    const loses = option('o1', 0.9, { text: added.ours, ledger: dropped('import b from x') });
    expect(unexplainedDrops(loses, subject([loses], { file: added }), [], 2)).toHaveLength(1);
  });

  test('is not where neither form stands', () => {
    const empty = { ...takesOurs, text: '' };
    expect(unexplainedDrops(empty, subject([empty], { file }), [], 2)).toHaveLength(1);
  });

  test('is looked up, not looked for, in a file where much was rewritten and much is dropped', () => {
    const rewritten = (word: string): string => Array.from({ length: 400 }, (_, at) => `value${at} = ${word}(left${at}, right${at})\n`).join('');
    const own = Array.from({ length: 2000 }, (_, at) => `line ${at} of theirs`);
    const large = { ...FILE, base: rewritten('make'), ours: rewritten('build'), theirs: `${rewritten('craft')}${own.join('\n')}\n` };
    const loses = option('o1', 0.9, { text: large.ours, ledger: { ...NOTHING_LOST, dropped: own.flatMap((line) => dropped(line).dropped) } });
    // Every dropped line held against every rewrite needs minutes: longer than a test may take.
    expect(unexplainedDrops(loses, subject([loses], { file: large }), [], 2)).toHaveLength(2000);
  });

  test('is explained where a person chose the same before', () => {
    const loses = option('o1', 0.9, { ledger: dropped('gone') });
    const precedent = { fingerprint: 'text of o1', rung: 'ours', by: 'person', lesson: 'l1' } as const;
    expect(unexplainedDrops(loses, subject([loses], { precedent }), [], 2)).toEqual([]);
  });

  test('needs the reason of two kinds of voters', () => {
    const loses = option('o1', 0.9, { ledger: dropped('gone') });
    const said = (family: string): ReturnType<typeof ballot> => ballot(family, { o1: 0.9 }, { reasons: ['drop: dead code'] });
    expect(unexplainedDrops(loses, subject([loses]), [said('a')], 2)).toHaveLength(1);
    expect(unexplainedDrops(loses, subject([loses]), [said('a'), said('b')], 2)).toEqual([]);
  });
});

test('a person is shown the best three with what speaks for and against each', () => {
  const options = [option('o1', 0.5, { gate: 'passed' }), option('o2', 0.3, { ledger: dropped('gone', 'theirs'), rung: 'ours' }), option('o3', 0.1), option('o4', 0.05)];
  const votes = [ballot('structure', { o1: 0.9 }, { reasons: ['o1 parses', 'o2 parses'], comment: 'o1 is the safe one' }), ballot('sides', { o1: 0.9 }), ballot('change', { o2: 0.9 })];
  const { escalation } = expectPerson(next(afterOneRound(subject(options), votes)));
  expect(escalation).toMatchObject({ type: 'DECISION', why: '50% sure, 85% is needed', comment: 'o1 is the safe one', abstained: 0 });
  expect(escalation.choices.map(({ option, votes, pros, cons }) => ({ option, votes, pros, cons }))).toEqual([
    { option: 'o1', votes: 2, pros: ['passes the gate', 'keeps every line both sides added', 'parses'], cons: [] },
    { option: 'o2', votes: 1, pros: [], cons: ['was not gated', 'drops 1 line of the branch\'s side'] },
    { option: 'o3', votes: 0, pros: ['keeps every line both sides added'], cons: ['was not gated'] },
  ]);
});

test('what an option drops is said once, against it, though a voter who wants it says so, too', () => {
  const options = [option('o1', 0.5, { ledger: dropped('gone', 'ours') }), option('o2', 0.3)];
  const votes = [ballot('sides', { o1: 0.9 }, { reasons: ['o1 drops 1 line of the target\'s side'] }), ballot('model', { o1: 0.9 }, { reasons: ['o1 was not gated', 'o1 is small'] })];
  expect(choiceOf(options[0]!, 0.5, votes, subject(options))).toMatchObject({ pros: ['is small'], cons: ['was not gated', 'drops 1 line of the target\'s side'] });
});

test('lines that stand merged in one line are no drop, and the vote on the option is as before', () => {
  const row = { ...FILE, base: 'a: 1, b: 1\n', ours: 'a: 2, b: 1\n', theirs: 'a: 1, b: 3\n' };
  const ledger = { ...NOTHING_LOST, dropped: [...dropped('a: 2, b: 1', 'ours').dropped, ...dropped('a: 1, b: 3').dropped] };
  const [both, half] = [option('o1', 0.9, { text: 'a: 2, b: 3\n', ledger }), option('o2', 0.5, { text: 'a: 2, b: 1, c: 9\n', ledger })];
  const room = subject([both, half], { file: row });
  expect(choiceOf(both, 0.9, [], room)).toMatchObject({ pros: ['keeps what both sides changed, some of it within one line'], cons: ['was not gated'] });
  expect(choiceOf(half, 0.9, [], room)).toMatchObject({ pros: [], cons: ['was not gated', 'drops 2 lines of both sides'] });
  const vote = sidesVote(room);
  expect(vote).toMatchObject({ reasons: ['o1 keeps what both sides changed, some of it within one line', 'o2 drops 2 lines of both sides'] });
  expect('probabilities' in vote && vote.probabilities['o1'] === vote.probabilities['o2']).toBe(true);
});

test('a line is lost where the text only resembles it', () => {
  const file = { base: 'the row a has 1\nthe row b has 1\n', ours: 'the row a has 2\nthe row b has 1\n', theirs: 'the row c has 1\nthe row b has 2\n' };
  expect(lostTest(file)(file.theirs)({ side: 'ours', text: 'the row a has 2' })).toBe(true);
});

function expectPerson(step: ReturnType<typeof next>): Extract<ReturnType<typeof next>, { kind: 'person' }> {
  if (step.kind !== 'person') throw new Error(`not a person's: ${step.kind}`);
  return step;
}
