// What the door heard, on its way to the machine that serves the repository: one queue a repository, one job a delivery, in order.
// Durable once Redis has it; handled at least once.
import { Queue, Worker } from 'bullmq';
import type { BullmqLine } from './line.ts';

/** A person's answer is worth trying for a while; what never works must not hold up all behind it. */
const TRIES_MAX = 8;
const BACKOFF_MS = 500;
const QUEUE = 'news';

export type Post = {
  /** Resolves when Redis has it. The same `id` is taken once. */
  send(repository: string, id: string, news: unknown): Promise<void>;
  close(): Promise<void>;
};

export type Receiving = { close(): Promise<void> };

export function openPost(line: BullmqLine): Post {
  const queues = new Map<string, Queue>();
  const queueOf = (repository: string): Queue => {
    const known = queues.get(repository);
    if (known !== undefined) return known;
    const queue = new Queue(QUEUE, { connection: line.client, prefix: prefixOf(repository), defaultJobOptions: { attempts: TRIES_MAX, backoff: { type: 'exponential', delay: BACKOFF_MS }, removeOnComplete: true, removeOnFail: true } });
    queue.on('error', () => undefined);
    queues.set(repository, queue);
    return queue;
  };
  return {
    // BullMQ takes a number for an id of its own.
    send: async (repository, id, news) => void await queueOf(repository).add(QUEUE, news, { jobId: `d-${id}` }),
    close: async () => void await Promise.allSettled([...queues.values()].map((queue) => queue.close())),
  };
}

/** One after the other, as they came. What `handle` throws is tried again. */
export function receivePost(line: BullmqLine, repository: string, handle: (news: unknown) => Promise<void>): Receiving {
  const worker = new Worker(QUEUE, async (job) => handle(job.data), { connection: line.client, prefix: prefixOf(repository), concurrency: 1 });
  worker.on('error', () => undefined);
  return { close: () => worker.close() };
}

function prefixOf(repository: string): string {
  return `maestro:{${encodeURIComponent(repository)}}`;
}
