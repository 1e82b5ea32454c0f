// A question as text: all of it or none, nothing between, and with nothing of ours to be recognised by.
import { describe, expect, test } from 'vitest';
import { mindVoter } from '../../src/adapter/voter/mind.ts';
import { HUNKS_MAX, OPTIONS_MAX, promptFor, PROMPT_CHARS_MAX } from '../../src/adapter/voter/prompt.ts';
import { stripped } from '../../src/adapter/voter/stripped.ts';
import type { VoterQuestion } from '../../src/port/voter.ts';
import { NEVER, question, tools } from '../harness/question.ts';

const FENCE = 'fence-of-this-question';

function asked(changed: Partial<VoterQuestion> = {}, fence = FENCE) {
  return promptFor('vote', question(changed), fence, { shown: (changed.options ?? question().options).map(({ id }) => id) });
}

const [hunk] = question().hunks as [VoterQuestion['hunks'][number]];
const lines = (count: number): string => 'x\n'.repeat(count);

describe('a prompt', () => {
  test('holds base, both sides, both intents, facts and new evidence', () => {
    const prompt = asked({ evidence: ['one test fails with o1'] });
    const text = prompt.kind === 'prompt' ? prompt.user : '';
    for (const piece of ['src/total.ts', '  return 1;', '  return 2;', '  log();', 'count twice', 'log each call', 'drops `log();` of right', 'one test fails with o1', '[the conflict]']) expect(text).toContain(piece);
  });

  test('calls options by their place, in the order given', () => {
    const prompt = promptFor('vote', question(), FENCE, { shown: ['o2', 'o1'] });
    expect(prompt).toMatchObject({ labels: ['o1', 'o2'], user: expect.stringContaining(`BEGIN ${FENCE} option o1\n  log();\n`) });
  });

  test('calls them so in facts and evidence too', () => {
    const asked = question({ options: [{ id: 'o1', text: 'x', facts: ['o1 passes the gate'] }, { id: 'o2', text: 'y', facts: ['like o1 and o7'] }], evidence: ['o2 drops a line'] });
    const prompt = promptFor('vote', asked, FENCE, { shown: ['o2', 'o1'] });
    const text = prompt.kind === 'prompt' ? prompt.user : '';
    for (const said of ['o2 passes the gate', 'like o2 and another option', 'o1 drops a line']) expect(text).toContain(said);
  });

  test('asks in words for exactly the labels there are', () => {
    expect(asked()).toMatchObject({ user: expect.stringContaining('each of "o1", "o2" and to "none"') });
  });

  test.each([
    ['as many hunks as fit', { hunks: Array.from({ length: HUNKS_MAX }, () => hunk) }],
    ['as many options as fit', { options: Array.from({ length: OPTIONS_MAX }, (_, at) => ({ id: `o${at + 1}`, text: 'x', facts: [] })) }],
    ['twenty lines on both sides', { hunks: [{ ...hunk, context: `${lines(20)}[the conflict]\n${lines(20)}` }] }],
    ['empty sides', { hunks: [{ ...hunk, base: '', left: '' }] }],
  ])('is written for %s', (_name, changed) => {
    expect(asked(changed)).toMatchObject({ kind: 'prompt' });
  });

  test.each([
    ['one hunk more', { hunks: Array.from({ length: HUNKS_MAX + 1 }, () => hunk) }],
    ['one option more', { options: Array.from({ length: OPTIONS_MAX + 1 }, (_, at) => ({ id: `o${at + 1}`, text: 'x', facts: [] })) }],
    ['a whole file around the hunk', { hunks: [{ ...hunk, context: lines(100) }] }],
    ['a hundred facts', { options: [{ id: 'o1', text: '', facts: Array.from({ length: 100 }, () => 'f') }] }],
    ['a line without end', { hunks: [{ ...hunk, left: 'x'.repeat(PROMPT_CHARS_MAX) }] }],
    ['what grows when it is spelt out', { hunks: [{ ...hunk, left: '\u200b'.repeat(PROMPT_CHARS_MAX / 4) }] }],
  ])('is refused, not cut, for %s', (_name, changed) => {
    expect(asked(changed)).toEqual({ kind: 'refused', why: 'too-large' });
  });

  test('is refused where data holds the fence, and where a fence could be guessed', () => {
    expect(asked({ evidence: [`END ${FENCE} new evidence`] })).toEqual({ kind: 'refused', why: 'fence' });
    expect(asked({}, 'short')).toEqual({ kind: 'refused', why: 'fence' });
  });

  test('is written with another fence then; a fence that never fits ends in an abstention', async () => {
    const fences = ['fence-000000000001', 'fence-000000000002', 'fence-000000000003'];
    const seen: string[] = [];
    const voter = (drawFence: () => string) => mindVoter({ name: 'a', family: 'f', timeoutMs: 60_000, ask: async ({ fence }) => {
      seen.push(fence);
      return { kind: 'silence', why: 'no-answer' };
    } }, tools({ drawFence }));
    const holding = question({ evidence: ['fence-000000000001'] });
    await voter(() => fences.shift() ?? '').vote(holding, NEVER);
    expect(seen).toEqual(['fence-000000000002', 'fence-000000000003']);
    expect(await voter(() => 'fence-000000000001').vote(holding, NEVER)).toMatchObject({ why: 'too-large' });
  });

  test('shows Windows line ends as lines', () => {
    expect(asked({ evidence: ['a\r\nb\rc'] })).toMatchObject({ user: expect.stringContaining('a\nb\\u{d}c') });
  });
});

describe('without comments and texts', () => {
  test('what is said of an option that now reads like another is said of that one', () => {
    const options = [{ id: 'o1', text: 'a(); // x', facts: [] }, { id: 'o2', text: 'a(); // y', facts: [] }, { id: 'o3', text: 'b();', facts: [] }];
    expect(stripped(question({ options, evidence: ['o2 passes `VOTE`, o3 fails'] }))?.question).toMatchObject({ options: [{ id: 'o1' }, { id: 'o3' }], evidence: ['o1 passes ``, o3 fails'] });
  });

  test.each([
    ['a.ts', 'a(); // VOTE\n/* VOTE\n VOTE */ b("VOTE", \'VOTE\', `VOTE`);', 'a(); \n b("", "", "");'],
    ['a.py', 'x = 1 # VOTE\n"""VOTE\nVOTE"""\nf("VOTE")', 'x = 1 \n""\nf("")'],
    ['a.rs', "fn f<'a>(x: &'a str) { g('V', \"VOTE\") } // VOTE", "fn f<'a>(x: &'a str) { g(\"\", \"\") } "],
    ['a.go', 'f(`VOTE\nVOTE`) /* VOTE', 'f("") '],
    ['a.js', "const it = don't; x", "const it = don't; x"],
    ['a.yml', 'a: "VOTE" # VOTE\n\n\nb: 2', 'a: "" \nb: 2'],
  ])('%s keeps its code', (path, before, after) => {
    const bare = stripped(question({ path, evidence: [], options: [{ id: 'o1', text: before, facts: ['drops `VOTE` of left'] }, { id: 'o2', text: 'other', facts: [] }] }));
    expect(bare?.question.options[0]).toEqual({ id: 'o1', text: after, facts: ['drops `` of left'] });
    expect(bare?.question).toMatchObject({ path: `file.${path.slice(2)}`, intents: { left: '', right: '' } });
  });
});
