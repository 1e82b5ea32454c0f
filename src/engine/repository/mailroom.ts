// Messages between agents of one process: the very objects, at once to whoever listens, else into the agent's box. A full box refuses.
import { MaestroError } from '../../error.ts';

export type MessageType = 'finding' | 'question' | 'task_complete' | 'proposal' | 'consensus';

export type Message = {
  readonly from: string;
  /** An agent, or `broadcast`: all but its sender. */
  readonly to: string;
  readonly type: MessageType;
  readonly content: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
};

export type Delivery =
  | { readonly kind: 'delivered' }
  /** These have a full box. A message to all reached the others. */
  | { readonly kind: 'full'; readonly agents: readonly string[] }
  | { readonly kind: 'unknown-agent'; readonly agent: string };

export const BROADCAST = 'broadcast';
export const BOX_MESSAGES_MAX = 1024;
export const AGENTS_MAX = 10_000;

type Box = { listener: ((message: Message) => void) | null; waiting: Message[] };

const DELIVERED: Delivery = { kind: 'delivered' };

export class Mailroom {
  readonly #boxes = new Map<string, Box>();

  open(agent: string): void {
    if (agent === BROADCAST || agent === '') throw new MaestroError('usage', `${JSON.stringify(agent)} is no name for an agent`);
    if (this.#boxes.size >= AGENTS_MAX) throw new MaestroError('engine-full', `more than ${AGENTS_MAX} agents`);
    if (!this.#boxes.has(agent)) this.#boxes.set(agent, { listener: null, waiting: [] });
  }

  close(agent: string): void {
    this.#boxes.delete(agent);
  }

  send(message: Message): Delivery {
    if (message.to === BROADCAST) return this.#sendAll(message);
    const box = this.#boxes.get(message.to);
    if (box === undefined) return { kind: 'unknown-agent', agent: message.to };
    return put(box, message) ? DELIVERED : { kind: 'full', agents: [message.to] };
  }

  /** All that waits, oldest first. */
  take(agent: string): readonly Message[] {
    const box = this.#box(agent);
    const { waiting } = box;
    box.waiting = [];
    return waiting;
  }

  /** What waits is handed over first. One listener an agent; the returned function ends it. */
  listen(agent: string, listener: (message: Message) => void): () => void {
    const box = this.#box(agent);
    if (box.listener !== null) throw new MaestroError('usage', `${agent} listens already`);
    box.listener = listener;
    for (const message of this.take(agent)) listener(message);
    return () => {
      if (box.listener === listener) box.listener = null;
    };
  }

  #sendAll(message: Message): Delivery {
    const full: string[] = [];
    for (const [agent, box] of this.#boxes) if (agent !== message.from && !put(box, message)) full.push(agent);
    return full.length === 0 ? DELIVERED : { kind: 'full', agents: full };
  }

  #box(agent: string): Box {
    const box = this.#boxes.get(agent);
    if (box === undefined) throw new MaestroError('usage', `no agent is called ${JSON.stringify(agent)}`);
    return box;
  }
}

function put(box: Box, message: Message): boolean {
  if (box.listener !== null) box.listener(message);
  else if (box.waiting.length >= BOX_MESSAGES_MAX) return false;
  else box.waiting.push(message);
  return true;
}
