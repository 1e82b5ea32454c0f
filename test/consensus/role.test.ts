// The voters that need no key: what each looks at, and what it says.
import { describe, expect, test } from 'vitest';
import { favourites, isBallot, ROLES, type Abstention, type Ballot, type RoleName } from '../../src/consensus/ballot.ts';
import type { Case, Shape } from '../../src/consensus/option.ts';
import { clustered, isOpen, OPTIONS_MAX } from '../../src/consensus/option.ts';
import { unexplainedDrops } from '../../src/consensus/drop.ts';
import { panelVotes } from '../../src/consensus/role/panel.ts';
import { dropped, FILE, option, subject, whyNot } from './room.ts';

describe('structure', () => {
  const shapes = { ours: shape('class A', 'class A > ours'), theirs: shape('class A', 'class A > theirs') };
  const all = shape('class A', 'class A > ours', 'class A > theirs');

  test.each<[string, Shape, string]>([
    ['all there', all, 'o1 parses and has every definition of both sides (3)'],
    ['one lost', shapes.ours, 'o1 parses, but 1 definition of a side is not in it: `class A > theirs`'],
    ['one twice', shape('class A', 'class A > ours', 'class A > ours', 'class A > theirs'), 'o1 defines `class A > ours` twice'],
    ['broken', { ...all, errorCount: 1 }, 'o1 does not parse'],
  ])('%s', (_, own, sentence) => expect(said('structure', subject([option('o1', 0.5, { shape: own })], { shapes }))).toContain(sentence));

  test('prefers what has everything', () => {
    const of = subject([option('o1', 0.5, { shape: shapes.ours }), option('o2', 0.2, { shape: all })], { shapes });
    expect(favouritesOf('structure', of)).toEqual(['o2']);
  });

  test('counts the definitions of a side once, however many there are', () => {
    const many = shape(...Array.from({ length: 20_000 }, (_, at) => `function f${at}`));
    // Counted anew for each name of an option it needs minutes: longer than a test may take.
    expect(said('structure', subject([option('o1', 0.5, { shape: many })], { shapes: { ours: many, theirs: many } }))).toEqual(['o1 parses and has every definition of both sides (20000)']);
  });

  test('is silent without a grammar', () => expect(whyNot(voteOf('structure', subject([option('o1', 0.5)])))).toBe('no grammar for this file'));
  test('does not blame a merge for what a side already broke', () => {
    const broken = { ...shapes.ours, errorCount: 2 };
    expect(said('structure', subject([option('o1', 0.5, { shape: { ...all, errorCount: 2 } })], { shapes: { ...shapes, ours: broken } }))[0]).toContain('parses');
  });
});

test('sides prefers what keeps every line, and says what the others drop', () => {
  const of = subject([option('o1', 0.5), option('o2', 0.4, { ledger: dropped('theirs', 'theirs') })]);
  expect(favouritesOf('sides', of)).toEqual(['o1']);
  expect(said('sides', of)).toEqual(['o1 keeps every line both sides added', 'o2 drops 1 line of the branch\'s side']);
});

test('change takes all that lies between the sides for equal, and counts what goes beyond', () => {
  const texts = { o1: 'a\nours\ntheirs\nb\n', o2: FILE.theirs, o3: 'a\nours\nb\nnew\nnewer\n' };
  const of = subject(Object.entries(texts).map(([id, text]) => option(id, 0.3, { text })));
  expect(favouritesOf('change', of)).toEqual(['o1', 'o2']);
  expect(said('change', of)).toContain('o3 changes 2 lines beyond what the sides changed');
});

describe('history', () => {
  const file = { ...FILE, ours: 'a\ncache\nb\n', theirs: 'a\nbatch\nb\n', intent: { oursMessage: 'Add a cache', theirsMessage: 'Write in batch', oursLog: [], theirsLog: [] } };
  const options = [option('o1', 0.5, { text: 'a\ncache\nbatch\nb\n' }), option('o2', 0.4, { text: file.ours })];

  test('prefers what holds both intents', () => {
    expect(favouritesOf('history', subject(options, { file }))).toEqual(['o1']);
    expect(said('history', subject(options, { file }))).toEqual(['o1 holds what the commit messages speak of: `cache`, `batch`', 'o2 lost what a commit message speaks of: `batch`']);
  });

  test('prefers what a person chose for the same lines before', () => {
    const precedent = { fingerprint: 'text of o2', rung: 'ours', by: 'person', lesson: 'l1' } as const;
    expect(favouritesOf('history', subject(options, { file, precedent }))).toEqual(['o2']);
  });

  test('counts a dozen words however many a message brings', () => {
    const words = Array.from({ length: 500 }, (_, at) => `word${at}`);
    const stuffed = { ...file, theirs: words.join('\n'), intent: { ...file.intent, theirsMessage: words.join(' ') } };
    const vote = voteOf('history', subject(options, { file: stuffed }));
    expect(isBallot(vote) ? vote.probabilities['o2'] : 0).toBeGreaterThan(0.01);
  });

  test('prefers what one side made of the other\'s text, and calls no line lost that it had and gave up', () => {
    const went = { ...FILE, ours: 'a\ncache\nb\n', theirs: 'a\nbatch\nb\n', earlier: { ours: ['a\nbatch\nb\n'], theirs: [] } };
    const all = [option('o1', 0.5, { text: 'a\ncache\nbatch\nb\n' }), option('o2', 0.4, { text: went.ours, ledger: { ...dropped('theirs', 'theirs'), dropped: [{ side: 'theirs', text: 'batch', entity: '' }] } })];
    expect(favouritesOf('history', subject(all, { file: went }))).toEqual(['o2']);
    expect(said('history', subject(all, { file: went }))).toContain('o2 is the target\'s text, which was the branch\'s before and went on from there');
    expect(said('sides', subject(all, { file: went }))).toContain('o2 drops 1 line of the branch\'s side, which the other side had, too, and gave up');
    expect(favouritesOf('sides', subject(all, { file: went }))).toContain('o2');
    expect(unexplainedDrops(all[1]!, subject(all, { file: went }), [], 2)).toEqual([]);
    const notThat = [
      // Nobody looked; each had the other's; the other had gone on; it is not the later side's text; the lines were there, but not that text.
      {}, { earlier: { ours: [went.theirs], theirs: [went.ours] } }, { earlier: { ours: ['a\nzero\nb\n', went.theirs], theirs: ['a\nzero\nb\n'] } }, { earlier: { ours: [], theirs: [went.ours] } }, { earlier: { ours: ['a\nbatch\nmore\nb\n', 'batch\n'], theirs: [] } },
    ];
    for (const other of notThat) expect(unexplainedDrops(all[1]!, subject(all, { file: { ...FILE, ours: went.ours, theirs: went.theirs, ...other } }), [], 2)).toHaveLength(1);
  });

  test('is silent where messages say nothing', () => expect(whyNot(voteOf('history', subject(options)))).toBe('the messages say nothing about these lines'));
});

describe('gates', () => {
  test('is silent while none has run', () => expect(whyNot(voteOf('gates', subject([option('o1', 0.5)])))).toBe('no gate has run'));
  test('prefers what passes', () => {
    expect(favouritesOf('gates', subject([option('o1', 0.2, { gate: 'passed' }), option('o2', 0.7, { gate: 'failed' }), option('o3', 0.1)]))).toEqual(['o1']);
  });
  test('wants none where all fail', () => expect(favouritesOf('gates', subject([option('o1', 0.2, { gate: 'failed' })]))).toEqual(['none']));
});

test('ladder repeats its calibrated chances and leaves the rest to none', () => {
  const vote = voteOf('ladder', subject([option('o1', 0.7), option('o2', 0.1)]));
  expect(isBallot(vote) ? vote.probabilities['none'] : 0).toBeCloseTo(0.2, 9);
  expect(said('ladder', subject([option('o1', 0.7)]))).toEqual(['o1 is what people commit in 70% of such conflicts']);
});

test('one option is judged against none', () => {
  const votes = panelVotes(subject([option('o1', 0.9)])).filter(isBallot);
  expect(votes.map((vote) => [vote.voter, favourites(vote)])).toEqual([['sides', ['o1']], ['change', ['o1']], ['ladder', ['o1']]]);
});

test('what is too long to read is not read', () => {
  const long = 'word\n'.repeat(120_000);
  const votes = panelVotes(subject([option('o1', 0.9, { text: long })], { file: { ...FILE, ours: long, theirs: `${long}x\n` } }));
  expect(votes.filter((vote) => ['change', 'history'].includes(vote.voter)).map(whyNot)).toEqual(['the file is too long to compare', 'the file is too long to read']);
});

test('the panel is the roles by name', () => expect(panelVotes(subject([option('o1', 0.5)])).map((vote) => vote.voter)).toEqual(ROLES));

test('the same case gives the same ballots, in whatever order its options are', () => {
  const of = subject([option('o1', 0.5), option('o2', 0.4, { ledger: dropped('theirs') })]);
  expect(panelVotes({ ...of, options: of.options.toReversed() }).map(comparable)).toEqual(panelVotes(of).map(comparable));
});

describe('options', () => {
  test('with equal texts or equal behaviour are one, as likely as all of them', () => {
    const all = [option('o1', 0.3), option('o2', 0.2, { fingerprint: 'text of o1' }), option('o3', 0.2, { behaviour: 'all 12 tests' }), option('o4', 0.1, { behaviour: 'all 12 tests' })];
    expect(clustered(all).map(({ id, probability }) => [id, probability])).toEqual([['o1', 0.5], ['o3', expect.closeTo(0.3, 9)]]);
  });
  test('that only share green are two', () => expect(clustered([option('o1', 0.3, { gate: 'passed' }), option('o2', 0.3, { gate: 'passed' })])).toHaveLength(2));
  test('are no more than a voter can read', () => expect(clustered(Array.from({ length: 99 }, (_, at) => option(`o${at}`, 0.01)))).toHaveLength(OPTIONS_MAX));
  test('that do not parse cannot be chosen', () => expect(isOpen(option('o1', 0.9, { objections: [{ code: 'syntax', text: 'does not parse', hard: true }] }))).toBe(false));
});

function shape(...keys: readonly string[]): Shape {
  return { errorCount: 0, entities: keys.map((key) => ({ key })) };
}

function voteOf(role: RoleName, of: Case): Ballot | Abstention {
  const vote = panelVotes(of).find((one) => one.voter === role);
  if (vote === undefined) throw new Error(`no ${role} sits on the panel`);
  return vote;
}

function said(role: RoleName, of: Case): readonly string[] {
  const vote = voteOf(role, of);
  return isBallot(vote) ? vote.reasons : [];
}

function favouritesOf(role: RoleName, of: Case): readonly string[] {
  const vote = voteOf(role, of);
  return isBallot(vote) ? favourites(vote).toSorted() : [];
}

function comparable(vote: Ballot | Abstention): unknown {
  return isBallot(vote) ? { voter: vote.voter, favourites: favourites(vote).toSorted(), reasons: vote.reasons } : vote;
}
