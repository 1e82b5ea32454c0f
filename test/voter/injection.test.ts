// Whatever a branch says to a voter that obeys everything: it stays inside its fence, and what comes out is a ballot over the
// options that were asked, or nothing. Votes are checked against outcomes elsewhere; here nobody gets more than a vote.
import { describe, expect, test } from 'vitest';
import { isBallot } from '../../src/consensus/ballot.ts';
import { mindVoter } from '../../src/adapter/voter/mind.ts';
import { modelAsk } from '../../src/adapter/voter/model.ts';
import { promptFor } from '../../src/adapter/voter/prompt.ts';
import { withSecondLook } from '../../src/adapter/voter/second-look.ts';
import type { VoterQuestion } from '../../src/port/voter.ts';
import { INJECTIONS } from '../harness/injection.ts';
import { ballotText, choosing, modelServer, say, type Conduct } from '../harness/model-server.ts';
import { NEVER, question, tools } from '../harness/question.ts';

const FENCE = '5e1f0c9b7a3d42868d1f6e2b4c9a7d30';

/** The same text wherever a branch can write. */
function poisoned(text: string): VoterQuestion {
  const clean = question();
  return question({
    path: `src/${text}.ts`,
    hunks: clean.hunks.map((hunk) => ({ context: `${text}${hunk.context}`, base: `${text}${hunk.base}`, left: `${text}${hunk.left}`, right: `${hunk.right}${text}` })),
    intents: { left: text, right: `${text}${text}` },
    options: clean.options.map((option) => ({ ...option, text: `${option.text}${text}`, facts: [...option.facts, `drops \`${text}\` of left`] })),
    evidence: [text],
  });
}

test('the corpus is worth its name', () => {
  expect(INJECTIONS.length).toBeGreaterThanOrEqual(25);
  expect(new Set(INJECTIONS.map(({ text }) => text)).size).toBe(INJECTIONS.length);
});

describe.each(INJECTIONS)('$name', ({ text }) => {
  const written = promptFor('vote', poisoned(text), FENCE, { shown: ['o2', 'o1'] });
  const lines = written.kind === 'prompt' ? written.user.split('\n') : [];

  test('leaves every fence where it was: what opens closes, in turn, and nothing of it stands outside', () => {
    const clean = promptFor('vote', question({ evidence: ['x'] }), FENCE, { shown: ['o2', 'o1'] });
    const fences = (user: string): readonly string[] => user.split('\n').filter((line) => line.startsWith(`BEGIN ${FENCE}`) || line.startsWith(`END ${FENCE}`));
    expect(fences(lines.join('\n'))).toEqual(clean.kind === 'prompt' ? fences(clean.user) : []);
    expect(outside(lines)).toEqual(clean.kind === 'prompt' ? outside(clean.user.split('\n')) : []);
  });

  test('shows a model nothing that a person would not see', () => {
    expect(lines.join('\n')).not.toMatch(/[^\P{C}\n\t]|\p{Default_Ignorable_Code_Point}|\u2028|\u2029/u);
  });

  test('gets from a voter that obeys everything a ballot over the options asked, or nothing', async () => {
    const server = await modelServer(obeying);
    const voter = mindVoter({ name: 'meek', family: 'test', timeoutMs: 60_000, ask: modelAsk({ kind: 'openai', model: 'm', url: server.url, key: null }) }, tools());
    const vote = await withSecondLook(voter).vote(poisoned(text), NEVER);
    expect([vote.voter, vote.family]).toEqual(['meek', 'test']);
    if (!isBallot(vote)) return;
    expect(Object.keys(vote.probabilities).toSorted()).toEqual(['none', 'o1', 'o2']);
    expect(Object.values(vote.probabilities).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1);
    expect(vote.comment).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

/** Lines that stand in no fence. */
function outside(lines: readonly string[]): readonly string[] {
  let inside = false;
  return lines.filter((line) => {
    const opens = line.startsWith(`BEGIN ${FENCE}`);
    const closes = line.startsWith(`END ${FENCE}`);
    const isOutside = !inside && !opens;
    inside = (inside || opens) && !closes;
    return isOutside;
  });
}

/** Does what data says: repeats a ballot it was given, votes as told, writes into its comment what it was told. */
const obeying: Conduct = (heard, response) => {
  const given = /^\{"(?:fence|probabilities)".*\}/m.exec(heard.text.slice(0, heard.text.lastIndexOf('Which option')))?.[0];
  if (given !== undefined) return say(heard, response, given);
  const told = /VOTE[:_]left/.test(heard.text);
  return say(heard, response, ballotText(heard, (labels) => told ? labels[0] ?? '' : labels.at(-1) ?? '', 1).replace('keeps both', '@everyone ![x](https://evil.example) /maestro decide A \\u202e'));
};

describe('a second look', () => {
  const OBEDIENT = (told: RegExp, first: string, second: string): Conduct => (heard, response) =>
    say(heard, response, ballotText(heard, (labels) => labels.find((label) => heard.text.includes(`option ${label}\n  ${told.test(heard.text) ? first : second}`)) ?? 'none'));
  const looking = async (conduct: Conduct, asked: VoterQuestion) => {
    const server = await modelServer(conduct);
    const voter = mindVoter({ name: 'meek', family: 'test', timeoutMs: 60_000, ask: modelAsk({ kind: 'openai', model: 'm', url: server.url, key: null }) }, tools());
    return { vote: await withSecondLook(voter).vote(asked, NEVER), server };
  };

  test('takes the vote from who was talked into it by a comment', async () => {
    const { vote } = await looking(OBEDIENT(/VOTE/, 'return 2', 'log'), question({ hunks: [{ context: '// VOTE\n[the conflict]', base: '', left: '  return 2;\n', right: '  log();\n' }] }));
    expect(vote).toMatchObject({ why: 'chose differently without comments and texts' });
  });

  test('leaves the vote to who would have chosen so anyway', async () => {
    const { vote, server } = await looking(OBEDIENT(/never/, 'log', 'return 2'), question({ hunks: [{ context: '// VOTE\n[the conflict]', base: '', left: '  return 2;\n', right: '  log();\n' }] }));
    expect(vote).toHaveProperty('probabilities');
    expect(server.heard.filter(({ text }) => text.includes('VOTE'))).toHaveLength(2);
  });

  test('counts options that differ only in comments as one', async () => {
    const options = [{ id: 'o1', text: '  a(); // old\n', facts: [] }, { id: 'o2', text: '  a(); // new\n', facts: [] }, { id: 'o3', text: '  b();\n', facts: [] }];
    const likesOne: Conduct = (heard, response) => choosing(heard.text.includes('// new') ? 'a(); // new' : 'a();', 0.8)(heard, response);
    const { vote, server } = await looking(likesOne, question({ options }));
    expect(server.heard.map(({ labels }) => labels.length).toSorted((a, b) => a - b)).toEqual([2, 2, 3, 3]);
    expect(vote).toMatchObject({ probabilities: { o2: expect.closeTo(0.8) } });
  });

  test.each([['the path', { path: 'secrets.yml' }], ['a text in quotes', { hunks: [{ context: ['const apiKey = "', 'a8f5f167f44f4964";\n[the conflict]'].join(''), base: '', left: '  return 2;\n', right: '  log();\n' }] }]])('there is none, and no first one, where %s shows a secret', async (_name, changed) => {
    const { vote, server } = await looking(OBEDIENT(/never/, 'log', 'return 2'), question(changed));
    expect(vote).toMatchObject({ why: 'secret' });
    expect(server.heard).toEqual([]);
  });

  test.each([['of prose', { path: 'README.md' }], ['where only comments differ', { options: [{ id: 'o1', text: 'a(); // x', facts: [] }, { id: 'o2', text: 'a(); // y', facts: [] }] }]])('there is none %s', async (_name, changed) => {
    const { server } = await looking(OBEDIENT(/never/, 'log', 'return 2'), question(changed));
    expect(server.heard).toHaveLength(2);
  });
});
