// Verbs at the counter: each makes one call of a scripted Control over a real socket and shows the answer.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { findPlace } from '../../src/adapter/local/place.ts';
import { serveControl, type ControlServer } from '../../src/adapter/socket/server.ts';
import { cancel } from '../../src/command/cancel.ts';
import { certificate } from '../../src/command/certificate.ts';
import { decide } from '../../src/command/decide.ts';
import { explain } from '../../src/command/explain.ts';
import { inbox } from '../../src/command/inbox.ts';
import { pause } from '../../src/command/pause.ts';
import { radar } from '../../src/command/radar.ts';
import { promote } from '../../src/command/promote.ts';
import { resume } from '../../src/command/resume.ts';
import { retry } from '../../src/command/retry.ts';
import { rollback } from '../../src/command/rollback.ts';
import { learn } from '../../src/command/learn.ts';
import { status } from '../../src/command/status.ts';
import type { Lesson } from '../../src/consensus/lesson.ts';
import { MaestroError } from '../../src/error.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { questionMark } from '../../src/merge/identity.ts';
import type { RadarReport } from '../../src/merge/radar.ts';
import type { MergeRequest } from '../../src/merge/request.ts';
import type { Control } from '../../src/port/control.ts';
import { APOLLO, AT_MS, ATHENA, ENDING, laneAfter, oid, QUESTION, STORY } from './sample.ts';
import { cloneIn, desk, folder, git } from './stage.ts';

const root = folder();
const calls: unknown[] = [];
const lane = laneAfter(STORY);
const decided = laneAfter([...STORY, ...ENDING]);
let asked = QUESTION;
let server: ControlServer;
let at: { readonly repo: string; readonly state: string };

beforeAll(async () => {
  const repo = cloneIn(root.path);
  git(repo, 'config', 'user.name', 'Casey');
  git(repo, 'config', 'user.email', 'casey@example.org');
  at = { repo, state: root.path };
  server = await serveControl((await findPlace(repo, root.path)).socket, scripted());
});
afterAll(async () => {
  await server.close();
  root.dispose();
});
beforeEach(() => {
  calls.length = 0;
  asked = QUESTION;
});

const MARK = questionMark(QUESTION);
const CASEY = 'Casey <casey@example.org>';

test('a coordinator that answers is found without git', async () => {
  vi.stubEnv('PATH', '');
  const { call, output } = desk(at, []);
  expect(await status.run(call).finally(() => vi.unstubAllEnvs())).toBe(0);
  expect(output()).toContain('sprint/');
});

describe('decide', () => {
  test('hands an answer on, with who gave it', async () => {
    const { call, output } = desk(at, ['sprint/storage', 'b']);
    expect(await decide.run(call)).toBe(0);
    expect(calls).toEqual([['explain', 'sprint/storage'], ['decide', ATHENA, 'b', CASEY, MARK]]);
    expect(output()).toContain('✓ Decided B for sprint/storage (bbbbbbbbbbb2)');
    expect(output()).toContain(`question ${MARK}: [B] Take sprint/storage's side, in engram/vector_storage.py; its gate FAILED (exit 1): red again, it is rejected`);
  });

  test('needs no id while one question is open', async () => {
    await decide.run(desk(at, ['A']).call);
    expect(calls.at(-1)).toEqual(['decide', ATHENA, 'A', CASEY, MARK]);
  });

  test('shows both sides and asks a person at a terminal, again after a slip', async () => {
    const { call, output } = desk(at, [], { answers: ['x', 'a'] });
    await decide.run(call);
    expect(calls.at(-1)).toEqual(['decide', ATHENA, 'a', CASEY, MARK]);
    for (const part of ['10  def search(self, shards):', '10  def search(self, batch):', 'HUMAN MERGE DECISION NEEDED', 'Choose [A/B]', '"X" is not offered', '✓ Decided A']) expect(output()).toContain(part);
  });

  test('leaves the question open on an empty line and at the end of input', async () => {
    for (const nothing of ['', null]) expect(await decide.run(desk(at, [ATHENA], { answers: [nothing] }).call)).toBe(0);
    expect(calls.filter((call) => Array.isArray(call) && call[0] === 'decide')).toEqual([]);
  });

  test('without an answer and nobody to ask shows both sides and changes nothing', async () => {
    const { call, output } = desk(at, [ATHENA]);
    expect(await decide.run(call)).toBe(0);
    for (const part of ['10  def search(self, shards):', '10  def search(self, batch):', `maestro decide ${ATHENA} A|B --question ${MARK}`]) expect(output()).toContain(part);
    expect(calls.filter((one) => Array.isArray(one) && one[0] === 'decide')).toEqual([]);
  });

  test('an answer typed at a terminal belongs to the question that was shown', async () => {
    const { call } = desk(at, [ATHENA], { answers: [] });
    const ask = (): Promise<string> => {
      asked = { ...QUESTION, onto: oid('9') };
      return Promise.resolve('A');
    };
    await expect(decide.run({ ...call, terminal: { ...call.terminal, ask } })).rejects.toMatchObject({ code: 'not-allowed' });
    expect(calls.at(-1)).toEqual(['decide', ATHENA, 'A', CASEY, MARK]);
  });

  test('with the mark of a question that is asked no more it changes nothing', async () => {
    asked = { ...QUESTION, options: QUESTION.options.map((option) => ({ ...option, tree: oid('4') })) };
    await expect(decide.run(desk(at, [ATHENA, 'A'], { flags: { question: MARK } }).call)).rejects.toMatchObject({ code: 'not-allowed', next: `maestro decide ${ATHENA}` });
    expect(calls).toEqual([['explain', ATHENA]]);
  });

  test('the mark of the question is in what scripts read', async () => {
    for (const verb of [inbox, explain, decide]) {
      const { call, output } = desk(at, [ATHENA], { json: true });
      await verb.run(call);
      expect(output()).toContain(`"mark":"${MARK}"`);
    }
  });

  test('a client that knows no marks is heard as before', async () => {
    const { socket } = await findPlace(at.repo, at.state);
    const client = createConnection(socket);
    client.write(`${JSON.stringify({ id: 1, verb: 'decide', args: [ATHENA, 'B', CASEY] })}\n`);
    const [answer] = await once(client, 'data');
    client.destroy();
    expect(JSON.parse(String(answer))).toMatchObject({ id: 1, ok: true });
    expect(calls).toEqual([['decide', ATHENA, 'B', CASEY, undefined]]);
  });
});

test('a clone whose pushes are told to another coordinator speaks to that one', async () => {
  const other = join(root.path, 'other');
  git(root.path, 'clone', '-q', join(root.path, 'remote.git'), other);
  mkdirSync(join(other, '.git/maestro'));
  writeFileSync(join(other, '.git/maestro/spool-dir'), `${join(root.path, 'spool')}\n`);
  const { call, output } = desk({ repo: other, state: null }, []);
  await status.run(call);
  expect(output()).toContain('sprint/storage');
});

describe('one call, one line', () => {
  test.each([
    ['cancel', cancel, ['x'], ['cancel', 'x', CASEY], 'Cancelled sprint/storage (bbbbbbbbbbb2).'],
    ['retry', retry, ['x'], ['retry', 'x', CASEY], 'Queued sprint/storage into main again'],
    ['promote', promote, ['team/a'], ['promote', 'team/a', CASEY], 'Queued sprint/storage into main as bbbbbbbbbbb2.'],
    ['pause', pause, ['main'], ['pause', 'main', CASEY], 'Paused main. 1 step under way may still end.'],
    ['pause', pause, [], ['pause', null, CASEY], 'Paused main.'],
    ['resume', resume, [], ['resume', null, CASEY], 'main goes on.'],
    ['rollback', rollback, ['x'], ['rollback', 'x', CASEY, false], 'later merge aaaaaaaaaaa1 (sprint/search): also changed a.txt'],
    ['certificate', certificate, ['x'], ['certificate', 'x'], '"version": 1'],
    ['explain', explain, ['x'], ['explain', 'x'], 'waits for  an answer'],
  ])('%s', async (_name, verb, args, made, said) => {
    const { call, output } = desk(at, args);
    expect(await verb.run(call)).toBe(0);
    expect(calls).toEqual([made]);
    expect(output()).toContain(said);
  });

  test('with --json the answer itself, as one document', async () => {
    for (const verb of [status, inbox, explain, cancel, certificate]) {
      const { call, output } = desk(at, ['x'], { json: true });
      await verb.run(call);
      expect(() => void JSON.parse(output())).not.toThrow();
    }
  });

  test('a dry run asks for no more than the plan', async () => {
    const { call, output } = desk(at, ['x'], { flags: { dryRun: true } });
    await rollback.run(call);
    expect(calls).toEqual([['rollback', 'x', CASEY, true]]);
    expect(output()).toContain('Nothing was changed (--dry-run).');
  });
});

test('the inbox shows what concerns one branch or one author', async () => {
  const seen = await Promise.all(['sprint/search', 'apollo@example.org', 'Athena', 'nobody'].map(async (whom) => {
    const { call, output } = desk(at, [], { flags: { for: whom } });
    await inbox.run(call);
    return [output().includes('maestro decide'), output().includes('refactor task')];
  }));
  expect(seen).toEqual([[true, true], [false, true], [true, false], [false, false]]);
});

test('the radar shows who collides with whom, where, and the order', async () => {
  const here = desk(at, []);
  expect(await radar.run(here.call)).toBe(0);
  expect(here.output()).toContain('sprint/search (Apollo) x sprint/vector (Athena)');
  expect(here.output()).toContain('engram/store.py  lines 4-9 x 4');
  expect(here.output()).toContain('sprint/vector: to be merged by hand after sprint/search');
});

describe('what was learned', () => {
  test('is shown with what the score means, the curve and the last lessons', async () => {
    const { call, output } = desk(at, []);
    await learn.run(call);
    for (const said of ['Learning score: 65/100 (from 1 outcome only)', '50 is no better', '70%-80%', 'both-changed .py: 1', `${ATHENA}-1  engram/vector_storage.py`, 'Casey chose batch; watched']) expect(output()).toContain(said);
  });

  test('is exported as the seed wrote it down', async () => {
    const { call, output } = desk(at, ['export']);
    await learn.run(call);
    expect(JSON.parse(output())).toMatchObject({ conflict_type: 'both-changed .py', file: 'engram/vector_storage.py', approaches: ['parallel', 'batch'], ai_consensus: 'failed_threshold', human_decision: 'batch', rationale: 'passes the gate', outcome: 'watched' });
  });

  test.each([['y', [['forget', CASEY]]], ['', []]])('is forgotten only after a yes: "%s"', async (answer, made) => {
    const { call } = desk(at, ['reset'], { answers: [answer] });
    await learn.run(call);
    expect(calls).toEqual(made);
  });

  test('is not forgotten where nobody can confirm it', async () => {
    await expect(Promise.resolve().then(() => learn.run(desk(at, ['reset']).call))).rejects.toMatchObject({ code: 'usage', next: 'maestro learn reset --yes' });
  });
});

test('what the counter refuses keeps its code and its advice', async () => {
  await expect(explain.run(desk(at, ['unknown']).call)).rejects.toMatchObject({ code: 'unknown-request', next: 'maestro status' });
});

test('without a coordinator and without a ledger a verb says what to start', async () => {
  for (const verb of [status, pause, decide]) await expect(verb.run(desk({ repo: at.repo, state: join(root.path, 'elsewhere') }, []).call)).rejects.toMatchObject({ code: 'not-running', next: 'maestro start' });
});

const LESSON: Lesson = {
  id: `${ATHENA}-1`, atMs: AT_MS, conflictClass: 'both-changed .py', file: 'engram/vector_storage.py', fingerprint: 'f',
  approaches: [{ option: 'o1', rung: 'parallel', fingerprint: '1', chance: 0.3 }, { option: 'o2', rung: 'batch', fingerprint: '2', chance: 0.6 }],
  consensus: { settled: false, option: 'o2', confidence: 0.72, rounds: 2, why: 'threshold' }, votes: [{ voter: 'ladder', favourites: ['o2'] }],
  decision: { by: 'person', person: 'Casey', option: 'o2' }, rationale: 'passes the gate', authors: ['Apollo', 'Athena'], outcome: 'watched',
};

const RADAR: RadarReport = { trouble: null, lanes: [{
  target: 'main', tip: 'a'.repeat(40) as Oid, leftOut: { old: 2, beyond: 0 }, pairs: { all: 3, undecided: 0, untold: 0 },
  branches: [
    { branch: 'sprint/search', tip: 'b'.repeat(40) as Oid, owner: 'Apollo <apollo@example.org>', paths: 1, conflicts: [], undecided: false },
    { branch: 'sprint/vector', tip: 'c'.repeat(40) as Oid, owner: 'Athena <athena@example.org>', paths: 1, conflicts: [], undecided: false },
    { branch: 'sprint/docs', tip: 'd'.repeat(40) as Oid, owner: 'Hermes <hermes@example.org>', paths: 1, conflicts: [], undecided: false },
  ],
  collisions: [{ one: 'sprint/search', other: 'sprint/vector', more: 0, by: 'engine', files: [{ path: 'engram/store.py', kind: 'content', hunks: [{ one: { start: 4, end: 9 }, other: { start: 4, end: 4 } }] }] }],
  order: [{ branch: 'sprint/docs', after: [], holdsUp: 0, conflictsWithTarget: false }, { branch: 'sprint/search', after: [], holdsUp: 1, conflictsWithTarget: false }, { branch: 'sprint/vector', after: ['sprint/search'], holdsUp: 0, conflictsWithTarget: false }],
}] };

function scripted(): Control {
  const record = <T>(answer: T, ...call: readonly unknown[]): Promise<T> => {
    calls.push(call);
    return Promise.resolve(answer);
  };
  const athena = (): MergeRequest => decided.requests.get(ATHENA) ?? missing();
  const waiting = (): MergeRequest => ({ ...(lane.requests.get(ATHENA) ?? missing()), phase: { state: 'escalated', question: asked } });
  return {
    status: () => Promise.resolve({ running: true, remote: 'r', marker: null, trouble: null, ignored: [], startedAtMs: AT_MS, lanes: [{ target: 'main', tip: lane.tip, pausedBy: null, alarm: null, landing: null, open: [{ request: lane.requests.get(ATHENA) ?? missing(), position: 0, waitsFor: 'an answer' }], closed: [] }] }),
    explain: (id) => id === 'unknown' ? Promise.reject(new MaestroError('unknown-request', 'nothing is known of it', { next: 'maestro status' })) : record({ request: waiting(), position: 0, waitsFor: 'an answer', advice: null, suspectedBy: [], story: [] }, 'explain', id),
    decide: async (id, answer, by, more) => {
      const after = await record(athena(), 'decide', id, answer, by, more?.question);
      if (more?.question !== undefined && more.question !== questionMark(asked)) throw new MaestroError('not-allowed', 'another question is asked');
      return after;
    },
    cancel: (id, by) => record(athena(), 'cancel', id, by),
    retry: (id, by) => record(athena(), 'retry', id, by),
    pause: (target, by) => record({ lanes: ['main'], inFlight: ['land'] }, 'pause', target, by),
    resume: (target, by) => record({ lanes: ['main'] }, 'resume', target, by),
    rollback: (id, by, dryRun) => record({ request: dryRun ? null : athena(), clean: true, conflictPaths: [], dependents: [{ id: APOLLO, branch: 'sprint/search', why: 'also changed a.txt' }] }, 'rollback', id, by, dryRun),
    promote: (branch, by) => record(athena(), 'promote', branch, by),
    tasks: () => Promise.resolve(decided.tasks),
    lessons: () => Promise.resolve([LESSON]),
    radar: (branch) => record(RADAR, 'radar', branch),
    forget: (by) => record(undefined, 'forget', by),
    certificate: (id) => record('{\n  "version": 1\n}\n', 'certificate', id),
  };
}

function missing(): never {
  throw new Error('the sample changed');
}
