// What conflicts teach: lessons come out of the ledger alone, count in the next conflict, and outlive a restart. On the symbolic world.
import { describe, expect, test } from 'vitest';
import { WATCH_MS, type Lesson } from '../../src/consensus/lesson.ts';
import { knowledgeOf } from '../../src/consensus/learning.ts';
import { shippedRecord } from '../../src/consensus/weight.ts';
import { symbolicMinds, type SymbolicMinds } from '../harness/symbolic-minds.ts';
import { tell, type Tale } from '../harness/tale.ts';
import { MAIN } from '../harness/world.ts';

const CHECK = { gate: { run: 'check', scope: 'each' } } as const;

describe('a lesson', () => {
  test('is what a person chose, once it has landed', async () => {
    const tale = await asked(symbolicMinds(0.4));
    expect(lessons(tale)).toEqual([]);
    await tale.decide('feature/b', 'B');
    expect(lessons(tale)).toMatchObject([{ file: 'app', conflictClass: 'both-changed word', decision: { by: 'person', person: 'Ada', option: optionBuilt(tale, 'theirs') }, outcome: 'watched' }]);
  });

  test('is what the minds agreed on, with who voted for what', async () => {
    const tale = await conflict(symbolicMinds(0.97));
    const [lesson] = lessons(tale);
    expect(tale.files('main')['app']).toBe('fine:1+fine:2');
    expect(lesson).toMatchObject({ decision: { by: 'consensus', option: optionBuilt(tale, 'union') }, consensus: { settled: true, rounds: 1 } });
    expect(lesson?.votes.find((vote) => vote.voter === 'ladder')?.favourites).toEqual([lesson?.decision?.option]);
  });

  test('is known again after a restart', async () => {
    const tale = await conflict(symbolicMinds(0.97));
    const before = lessons(tale);
    await tale.restart();
    expect(lessons(tale)).toEqual(before);
  });

  test('says what became of it: undone, or still there after the watch', async () => {
    const tale = await conflict(symbolicMinds(0.97));
    expect(lessons(tale)[0]?.outcome).toBe('watched');
    await tale.later(WATCH_MS);
    expect(lessons(tale)[0]?.outcome).toBe('survived');
    await tale.rollback('feature/b');
    expect(lessons(tale)[0]?.outcome).toBe('reverted');
  });

  test('is no proof where those concerned changed the file again', async () => {
    const tale = await conflict(symbolicMinds(0.97));
    tale.push('feature/b', { app: 'fine:3' }, { on: 'main' });
    await tale.settles();
    await tale.later(WATCH_MS);
    expect(lessons(tale)[0]?.outcome).toBe('touched');
  });
});

describe('the ladder', () => {
  test('is shown what landed, and reminded of it when the first conflict after a restart comes', async () => {
    const minds = symbolicMinds(0.97);
    const tale = await conflict(minds);
    expect(minds.taught).toEqual(['app: fine:1+fine:2']);
    await tale.restart();
    await another(tale);
    expect(minds.taught).toEqual(['app: fine:1+fine:2', 'app: fine:1+fine:2', 'lib: fine:1+fine:2']);
  });

  test.each([['rollback', 'feature/b'], ['forget', 'main']] as const)('is not reminded after a %s', async (undo, whom) => {
    const minds = symbolicMinds(0.97);
    const tale = await conflict(minds);
    await tale[undo](whom);
    await tale.restart();
    await another(tale);
    expect(minds.taught.filter((lesson) => lesson !== 'forgot')).toEqual(['app: fine:1+fine:2', 'lib: fine:1+fine:2']);
  });

  test('forgets at once what people had forgotten, and goes on learning', async () => {
    const minds = symbolicMinds(0.97);
    const tale = await conflict(minds);
    await tale.forget('main');
    await another(tale);
    expect(minds.taught).toEqual(['app: fine:1+fine:2', 'forgot', 'lib: fine:1+fine:2']);
  });
});

describe('the losing side', () => {
  test.each([['low', 0.97, null], ['normal', 0.4, 'A']])('gets its task, of %s priority', async (priority, sure, answer) => {
    const tale = await conflict(symbolicMinds(sure));
    if (answer !== null) await tale.decide('feature/b', answer);
    expect(tale.world.lane(MAIN)?.tasks).toMatchObject([{ branch: 'feature/b', path: 'app', priority }]);
  });
});

describe('the next conflict', () => {
  test('with equal hunks hears what was chosen before, and says so', async () => {
    const minds = symbolicMinds(0.4);
    const tale = await asked(minds);
    await tale.decide('feature/b', 'B');
    const [lesson] = lessons(tale);
    await backToTheStart(tale);
    tale.push('feature/c', { app: 'fine:1' }, { on: 'start' });
    tale.push('feature/d', { app: 'fine:2' }, { on: 'start' });
    await tale.settles();
    const { question } = tale.phase('feature/d', 'escalated');
    expect(question.minds?.files[0]?.record.precedent).toBe(lesson?.id);
    expect(question.minds?.files[0]?.lines.join('\n')).toContain(`lesson ${lesson?.id}`);
  });

  test('is no easier for who won many easy ones alone', async () => {
    const tale = tell(CHECK, [], 1, symbolicMinds(0.97));
    const files = Array.from({ length: 25 }, (_, at) => `easy ${at}`);
    tale.push('mallory/one', Object.fromEntries(files.map((file) => [file, 'fine:1'])));
    for (const file of files) tale.push(`mallory/${file}`.replace(' ', '-'), { [file]: 'fine:2' });
    await tale.settles();
    await tale.later(WATCH_MS);
    expect(lessons(tale)).toHaveLength(25);
    const { recordOf } = knowledgeOf(lessons(tale), 'both-added word', tale.world.service?.coordinator.past.nowMs ?? 0);
    const ladder = { voter: 'ladder', family: 'ladder', model: null };
    expect(recordOf(ladder)).toEqual(shippedRecord(ladder));
  });

  test('hears nothing that people had forgotten', async () => {
    const tale = await conflict(symbolicMinds(0.97));
    await tale.forget('main');
    expect(lessons(tale)).toEqual([]);
    await tale.restart();
    expect(lessons(tale)).toEqual([]);
  });
});

function lessons(tale: Tale): readonly Lesson[] {
  return tale.world.service?.coordinator.past.lessons ?? [];
}

function optionBuilt(tale: Tale, rung: string): string | undefined {
  return lessons(tale)[0]?.approaches.find((approach) => approach.rung === rung)?.option;
}

/** Two branches that change one word, one after the other. */
async function conflict(minds: SymbolicMinds): Promise<Tale> {
  const tale = tell(CHECK, [], 1, minds);
  tale.push('start', { lib: 'begun' }, { ready: false });
  tale.push('feature/a', { app: 'fine:1' });
  tale.push('feature/b', { app: 'fine:2' });
  await tale.settles();
  return tale;
}

async function another(tale: Tale): Promise<void> {
  tale.push('feature/x', { lib: 'fine:1' }, { on: 'start' });
  tale.push('feature/y', { lib: 'fine:2' }, { on: 'start' });
  await tale.settles();
}

async function asked(minds: SymbolicMinds): Promise<Tale> {
  const tale = await conflict(minds);
  expect(tale.state('feature/b')).toBe('escalated');
  return tale;
}

async function backToTheStart(tale: Tale): Promise<void> {
  tale.pushByHand('main', { app: 'start' });
  await tale.settles();
}
