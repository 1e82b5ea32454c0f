// The ladder's end of its thread as it may be after many lessons: all but certain of its best proposal. Everything else of it is real.
import { parentPort } from 'node:worker_threads';
import { serveLadder } from '../../src/adapter/ladder/serve.ts';
import type { Reply, Task } from '../../src/adapter/ladder/protocol.ts';
import { GRAMMAR_PATHS } from '../../src/adapter/syntax/grammar.ts';
import { loadParser } from '../../src/adapter/syntax/parser.ts';

const SURE = 0.96;
const REST = 0.01;

/** `before`: what happens to the thread when it gets a task. */
export async function serveSure(before: (task: Task) => void): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  serveLadder({
    on: (event, heard) => port.on(event, (task: Task) => {
      before(task);
      heard(task);
    }),
    postMessage: (reply) => port.postMessage(sure(reply)),
  }, { parser: await loadParser(GRAMMAR_PATHS), school: { lessonsOf: () => null, learn: () => undefined, forget: () => undefined } });
}

function sure(reply: Reply): Reply {
  if (reply.kind !== 'studied' || reply.study.kind === 'alarm') return reply;
  const { subject } = reply.study;
  const options = subject.options.map((option, at) => ({ ...option, probability: at === 0 ? SURE : REST }));
  return { ...reply, study: { kind: 'case', subject: { ...subject, options } } };
}
