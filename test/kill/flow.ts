// The stories a coordinator is killed in: what lies on the remote, and what a person does meanwhile. Each can be told again from wherever a kill left it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlClient } from '../../src/adapter/socket/client.ts';
import { shortName } from '../../src/merge/branch.ts';
import { isOpen, type MergeRequest } from '../../src/merge/request.ts';
import type { Status } from '../../src/port/control.ts';
import type { Clash } from '../scenario/minds-case.ts';
import type { Files, Repository } from '../harness/repository.ts';

export type Flow = {
  readonly name: string;
  readonly targets: readonly string[];
  prepare(remote: Repository): Promise<void>;
  /** Resolves when the story is over; may find any part of it already done. */
  tell(client: ControlClient): Promise<void>;
};

/** Far above what a story takes, below what the test may: a stuck one is named instead of timing out unnamed. */
const PATIENCE_MS = 60_000;
const MARKED = '\n\nREADY_TO_MERGE';
const GATED = 'version: 1\ntargets:\n  - target: main\n    gate: "true"\n';
const HIERARCHY = 'version: 1\nhierarchy:\n  - branch: feature/*\n    into: team\n  - branch: team\n    into: main\n    promote: on-ready\ntargets:\n  - target: main\n    gate: "true"\n';

export const CLEAN: Flow = {
  name: 'clean',
  targets: ['main'],
  prepare: (remote) => stock(remote, GATED, { 'a.txt': 'x\n' }, { 'feature/a': { 'b.txt': 'b\n' }, 'feature/b': { 'c.txt': 'c\n' }, 'feature/c': { 'd.txt': 'd\n' } }),
  tell: (client) => until(client, (status) => landed(status).length === 3),
};

const question: Flow = {
  name: 'question',
  targets: ['main'],
  prepare: (remote) => stock(remote, GATED, { 'a.txt': 'x\n' }, { 'feature/a': { 'a.txt': 'one\n' }, 'feature/b': { 'a.txt': 'two\n' }, 'feature/c': { 'd.txt': 'd\n' } }),
  tell: async (client) => {
    let asked: MergeRequest | null = null;
    await until(client, (status) => (asked = escalated(status)) !== null || landed(status).length === 3);
    if (asked !== null) await client.decide((asked as MergeRequest).id, 'B', 'a person');
    await until(client, (status) => landed(status).length === 3);
    while ((await client.tasks()).length === 0) await sleep(5);
  },
};

/** Two branches conflict where voters outside, as this config names them, are asked; over when it has landed or a person is asked. */
export function votedOn(clash: Clash, config: string): Flow {
  return {
    name: 'voted',
    targets: ['main'],
    prepare: (remote) => stock(remote, `${GATED}    diff3: off\n${config}`, clash.base, { 'feature/a': clash.first, 'feature/b': clash.second }),
    tell: (client) => until(client, (status) => escalated(status) !== null || landed(status).length === 2),
  };
}

const promote: Flow = {
  name: 'promote',
  targets: ['team', 'main'],
  prepare: async (remote) => {
    await stock(remote, HIERARCHY, { 'a.txt': 'x\n' }, { 'feature/a': { 'b.txt': 'b\n' } });
    remote.branch('team', (await remote.git(['rev-parse', 'main'])) as Parameters<Repository['branch']>[1]);
  },
  tell: (client) => until(client, (status) => landed(status).length === 2),
};

const rollback: Flow = {
  name: 'rollback',
  targets: ['main'],
  prepare: (remote) => stock(remote, GATED, { 'a.txt': 'x\n' }, { 'feature/a': { 'b.txt': 'b\n' }, 'feature/b': { 'c.txt': 'c\n' } }),
  tell: async (client) => {
    await until(client, (status) => all(status).filter((one) => one.kind.kind === 'branch' && !isOpen(one)).length === 2);
    if (!all(await client.status()).some((one) => one.kind.kind === 'rollback')) await client.rollback('feature/a', 'a person', false);
    await until(client, (status) => all(status).some((one) => one.phase.state === 'rolled-back'));
  },
};

export const FLOWS: readonly Flow[] = [CLEAN, question, promote, rollback];

async function stock(remote: Repository, config: string, files: Files, branches: Readonly<Record<string, Files>>): Promise<void> {
  const base = await remote.commit({ ...files, '.github/maestro.yml': config }, 'base', { branch: 'main' });
  for (const [branch, changes] of Object.entries(branches)) await remote.commit(changes, `work on ${branch}${MARKED}`, { branch, parents: [base] });
}

function all(status: Status): readonly MergeRequest[] {
  return status.lanes.flatMap((lane) => [...lane.open.map((one) => one.request), ...lane.closed]);
}

function landed(status: Status): readonly MergeRequest[] {
  return all(status).filter((one) => one.phase.state === 'landed');
}

function escalated(status: Status): MergeRequest | null {
  return all(status).find((one) => one.phase.state === 'escalated') ?? null;
}

/** Looks again at every news, so it never looks too late; a coordinator that hangs up ends it. */
async function until(client: ControlClient, seen: (status: Status) => boolean): Promise<void> {
  let ring = (): void => undefined;
  await client.follow(() => ring());
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const rung = new Promise<'news'>((resolve) => (ring = () => resolve('news')));
    const status = await client.status();
    if (seen(status)) return;
    const left = end - performance.now();
    if (left <= 0) throw new Error(`stuck: ${status.trouble ?? 'no trouble said'}${status.lanes.map((lane) => lane.alarm === null ? '' : `, ${lane.alarm.kind}: ${lane.alarm.detail}`).join('')}; ${all(status).map((one) => `${one.kind.kind} ${shortName(one.branch)} ${one.phase.state}`).join(', ')}`);
    const why = await Promise.race([rung, client.hungUp.then(() => 'gone' as const), sleep(left, 'late' as const, { ref: false })]);
    if (why === 'gone') throw new Error('the coordinator hung up');
  }
}
