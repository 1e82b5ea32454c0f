// The question on a pull request, on a forge that only writes down what it is told.
import { expect, test } from 'vitest';
import { Desk, REMIND_MS, type DeskPolicy, type PresencePorts } from '../../src/coordinator/desk.ts';
import { NOTHING_SHOWN, type Memo } from '../../src/coordinator/memo.ts';
import type { Clock } from '../../src/port/clock.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { Forge } from '../../src/port/forge.ts';
import { ATHENA, laneAfter, oid, STORY } from '../command/sample.ts';

const AT = STORY.findIndex((batch) => batch.some((event) => event.kind === 'asked'));
const LANE = laneAfter(STORY.slice(0, AT + 1));
const REQUEST = LANE.requests.get(ATHENA) ?? expect.fail('no request');
const OWNERS = '*.py @casey @gone\n';

function desk(refuses: readonly string[] = []) {
  const said: string[] = [];
  let nowMs = 0;
  const clock: Clock = { nowMs: () => nowMs, after: () => () => undefined };
  const pull = { number: 3, branch: REQUEST.branch, head: REQUEST.tip, target: REQUEST.target, author: 'athena', open: true };
  const forge = {
    pullOf: async () => (said.includes('opened') ? pull : null),
    openPull: async () => (said.push('opened'), pull),
    say: async (_pull: number, key: string, body: string) => (said.push(`${key.split(':')[0] ?? ''}: ${/Asked: .*|@.*?:/.exec(body)?.[0] ?? body.slice(0, 40)}`), { id: 9, atMs: 0 }),
    askReview: async (_pull: number, who: { readonly users: readonly string[] }) => (said.push(`review: ${who.users.join(' ')}`), { refused: refuses }),
    commitUrl: (commit: string) => `https://forge/${commit}`,
    commentUrl: () => 'https://forge/question',
  } as unknown as Forge;
  const ports: PresencePorts = { forge, clock, git: { file: async (_commit, path) => (path === 'CODEOWNERS' ? { kind: 'text', text: OWNERS } : { kind: 'absent' }), publish: async () => undefined }, store: { history: async () => ({ target: REQUEST.target, events: STORY.flat() }) } };
  const policy: DeskPolicy = { routing: DEFAULT_POLICY };
  const one = new Desk(policy, ports);
  let memo: Memo = NOTHING_SHOWN;
  const attend = async (afterMs: number, request = REQUEST): Promise<readonly string[]> => {
    nowMs = (REQUEST.phase.state === 'escalated' ? REQUEST.phase.question.askedAtMs : 0) + afterMs;
    said.splice(0, said.length, ...said.filter((line) => line === 'opened'));
    memo = await one.attend(request, { ...LANE, tip: oid('a') }, memo, async (next) => (memo = next));
    return said.filter((line) => line !== 'opened');
  };
  return { attend };
}

test('a question is asked of the code owners, once', async () => {
  const on = desk();
  expect(await on.attend(0)).toEqual(['question: Asked: `casey`, `gone`.', 'review: casey gone']);
  expect(await on.attend(1000)).toEqual([]);
});

test('one asked anew about the same conflict, with other texts on offer, is shown anew', async () => {
  const on = desk();
  await on.attend(0);
  const phase = REQUEST.phase.state === 'escalated' ? REQUEST.phase : expect.fail('no question');
  const options = phase.question.options.map((option) => ({ ...option, tree: oid('4'), title: 'Another text' }));
  expect(await on.attend(1000, { ...REQUEST, phase: { ...phase, question: { ...phase.question, options } } })).toEqual(['question: Asked: `casey`, `gone`.', 'review: casey gone']);
});

test('whom the forge does not take is not named as asked', async () => {
  expect((await desk(['gone']).attend(0)).at(-1)).toMatch(/^question: Asked: `casey`\. GitHub takes no request for a review by `gone`:/);
});

test('H11: people are reminded three times, ever more seldom, and then left alone', async () => {
  const on = desk();
  await on.attend(0);
  const reminded: number[] = [];
  for (let day = 1; day <= 30; day += 1) if ((await on.attend(day * REMIND_MS)).some((line) => line.startsWith('reminder: @casey'))) reminded.push(day);
  expect(reminded).toEqual([1, 2, 4]);
});

test('one that was over and is asked about just as before is shown anew', async () => {
  const on = desk();
  await on.attend(0);
  await on.attend(1000, { ...REQUEST, phase: { state: 'cancelled', by: 'casey', atMs: 0 } });
  expect(await on.attend(2000)).toEqual(['question: Asked: `casey`, `gone`.', 'review: casey gone']);
});
