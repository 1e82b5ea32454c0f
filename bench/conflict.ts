// The seeds' conflict pair plus one branch elsewhere: the two good ones land, the question names partner, file and hunk; then the answer lands.
import { join } from 'node:path';
import type { Question } from '../src/merge/request.ts';
import { until } from '../test/harness/stage.ts';
import { median, type Figure } from './figure.ts';
import { stage } from './stage.ts';

const FILES = 2000;
const PATH = 'engram/vector_storage.py';
const BASE = 'class VectorStorage:\n    def search(self, query):\n        return self.scan(query)\n\n    def scan(self, query):\n        return []\n';

export async function run(options: { readonly quick: boolean }): Promise<readonly Figure[]> {
  const runs = options.quick ? 2 : 7;
  const rounds = [];
  for (let round = 0; round < runs; round += 1) rounds.push(await once());
  const note = `${FILES} files, no gate; from the start of the coordinator's process`;
  const plain = (figure: string, value: number, more = note): Figure => ({ bench: 'conflict', figure, value, unit: 'ms', baseline: null, baselineValue: null, ratio: null, runs, note: more });
  return [
    plain('the two good ones landed', median(rounds.map((one) => one.goodMs))),
    plain('the question is asked', median(rounds.map((one) => one.askedMs))),
    plain('conflict answered to landed', median(rounds.map((one) => one.answeredMs)), 'from the call of decide to the change of the remote'),
  ];
}

async function once(): Promise<{ readonly goodMs: number; readonly askedMs: number; readonly answeredMs: number }> {
  const on = stage(FILES, null, { [PATH]: BASE });
  try {
    on.ready([
      { branch: 'sprint/vector-search', files: { [PATH]: BASE.replace('return self.scan(query)', 'return parallel(self.scan, query)') } },
      { branch: 'sprint/memory-storage', files: { [PATH]: BASE.replace('return self.scan(query)', 'return batch(self.scan, query)') } },
      { branch: 'sprint/api', files: { 'engram/api.py': 'stream = True\n' } },
    ]);
    const startMs = performance.now();
    const coordinator = on.start(join(on.folder, 'state'));
    await until(() => (landed(on) === 2 ? true : null), 20_000, 'two landings');
    const goodMs = performance.now() - startMs;
    const client = await coordinator.connected();
    const question = await waitForQuestion(client);
    const askedMs = performance.now() - startMs;
    check(question.question);
    const before = on.tip('main');
    const askMs = performance.now();
    await client.decide(question.id, 'B', 'bench');
    await until(() => (on.tip('main') === before ? null : true), 20_000, 'the landing of the answer');
    const answeredMs = performance.now() - askMs;
    client.close();
    coordinator.child.kill('SIGTERM');
    await coordinator.ended();
    return { goodMs, askedMs, answeredMs };
  } finally {
    on.dispose();
  }
}

function landed(on: ReturnType<typeof stage>): number {
  return on.git(['for-each-ref', '--merged', 'refs/heads/main', '--format=x', 'refs/heads/sprint'], on.remote).split('x').length - 1;
}

async function waitForQuestion(client: Awaited<ReturnType<ReturnType<ReturnType<typeof stage>['start']>['connected']>>): Promise<{ readonly id: string; readonly question: Question }> {
  for (let look = 0; look < 1000; look += 1) {
    const open = (await client.status()).lanes.flatMap((lane) => lane.open).find((one) => one.request.phase.state === 'escalated');
    if (open?.request.phase.state === 'escalated') return { id: open.request.id, question: open.request.phase.question };
    await new Promise((settle) => setTimeout(settle, 5));
  }
  throw new Error('no question was asked');
}

function check(question: Question): void {
  const [path] = question.conflict.paths;
  const [partner] = question.conflict.partners;
  if (path?.path !== PATH || path.hunks.length === 0 || !/^sprint\/(?:vector-search|memory-storage)$/.test(partner?.branch ?? ''))
    throw new Error(`the question does not name partner, file and hunk: ${JSON.stringify(question.conflict)}`);
}
