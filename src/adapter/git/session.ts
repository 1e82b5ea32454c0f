// One git process that answers many requests over its pipes, in order. Knows no command and no answer's format.
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { MaestroError } from '../../error.ts';

const PENDING_MAX = 20_000;
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;
const WAITS_MAX = 2;

export type SessionCommand = {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Sent after every burst of requests, e.g. `flush`. */
  readonly trailer: string;
  readonly timeoutMs: number;
  /** How often a request is sent again when the process died under it. */
  readonly replaysMax: number;
};

/** Reads one answer from the front of `view`; null: not all there yet. The value must not point into `view`. Throws when the answer makes no sense. */
export type Take<T> = (view: Buffer) => { readonly value: T; readonly used: number } | null;

type Pending = { readonly input: string; readonly take: () => Take<unknown>; ready: Take<unknown>; replays: number; /** How often one before it was given up. */ readonly waited: number; readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void };

export class Session {
  readonly #command: SessionCommand;
  #child: ChildProcessWithoutNullStreams | null = null;
  #inflow = new Inflow();
  #pending: Pending[] = [];
  #unsent: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(command: SessionCommand) {
    this.#command = command;
  }

  /** `input` is bytes as latin1. `take` makes a fresh reader, because a request may be sent a second time. */
  ask<T>(input: string, take: () => Take<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(died('is closed'));
      if (this.#pending.length >= PENDING_MAX) return reject(died('has too many requests waiting'));
      this.#enqueue({ input, take, ready: take(), replays: 0, waited: 0, resolve: (value) => resolve(value as T), reject });
    });
  }

  /** Ends the process; what still waits is refused. */
  close(): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    const left = this.#pending;
    this.#drop();
    for (const pending of left) pending.reject(died('is closed'));
    if (child === null || child.exitCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('close', () => resolve());
      child.kill('SIGKILL');
    });
  }

  /** Takes no more requests and ends by itself once the waiting ones are answered. */
  retire(): void {
    this.#closed = true;
    this.#send();
    this.#child?.stdin.end();
  }

  #enqueue(pending: Pending): void {
    this.#child ??= this.#spawn();
    if (this.#pending.push(pending) === 1) this.#arm();
    if (this.#unsent.push(pending.input) === 1) queueMicrotask(() => this.#send());
  }

  #send(): void {
    const text = this.#unsent.join('');
    this.#unsent = [];
    if (text !== '') this.#child?.stdin.write(text + this.#command.trailer, 'latin1');
  }

  #spawn(): ChildProcessWithoutNullStreams {
    const child = spawn(this.#command.program, [...this.#command.args], { env: this.#command.env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    child.stdout.on('data', (chunk: Buffer) => {
      if (child === this.#child) this.#receive(chunk);
    });
    child.stderr.resume();
    // The exit says more than the broken pipe.
    child.stdin.on('error', () => undefined);
    child.on('error', () => this.#lost(child));
    child.on('close', () => this.#lost(child));
    return child;
  }

  #receive(chunk: Buffer): void {
    this.#inflow.push(chunk);
    if (this.#inflow.length > ANSWER_BYTES_MAX) return this.#fail(died('answered too much'));
    for (let head = this.#pending[0]; head !== undefined; head = this.#pending[0]) {
      let taken: ReturnType<Take<unknown>>;
      try {
        taken = head.ready(this.#inflow.view());
      } catch (cause) {
        return this.#fail(new MaestroError('git-failed', 'git gave an answer nobody can read', { retryable: true, cause }));
      }
      if (taken === null) return this.#arm();
      this.#inflow.drop(taken.used);
      this.#pending.shift();
      this.#arm();
      head.resolve(taken.value);
    }
  }

  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = this.#pending.length === 0 ? null : setTimeout(() => this.#late(this.#pending[0]), this.#command.timeoutMs);
  }

  /** Where this process did nothing for long, what git said meanwhile is read first. */
  #late(head: Pending | undefined): void {
    setImmediate(() => {
      if (head !== undefined && this.#pending[0] === head) this.#giveUp(head);
    });
  }

  /** Those behind are not slow themselves: a fresh process is asked, a few times. */
  #giveUp(head: Pending): void {
    const [, ...behind] = this.#kill();
    const late = new MaestroError('timeout', 'git did not answer in time', { retryable: true });
    head.reject(late);
    for (const pending of behind) {
      if (this.#closed || pending.waited >= WAITS_MAX) pending.reject(late);
      else this.#enqueue({ ...pending, ready: pending.take(), waited: pending.waited + 1 });
    }
  }

  /** The process cannot be trusted any more: everything that waits on it fails with it. */
  #fail(error: MaestroError): void {
    for (const pending of this.#kill()) pending.reject(error);
  }

  /** Who waited on it. */
  #kill(): readonly Pending[] {
    const child = this.#child;
    const left = this.#pending;
    this.#drop();
    child?.kill('SIGKILL');
    return left;
  }

  #lost(child: ChildProcessWithoutNullStreams): void {
    if (child !== this.#child) return;
    const left = this.#pending;
    this.#drop();
    for (const pending of left) {
      if (this.#closed || pending.replays >= this.#command.replaysMax) pending.reject(died('ended'));
      else this.#enqueue({ ...pending, ready: pending.take(), replays: pending.replays + 1 });
    }
  }

  #drop(): void {
    this.#child = null;
    this.#pending = [];
    this.#unsent = [];
    this.#inflow = new Inflow();
    this.#arm();
  }
}

/** Bytes in, one growing window out: no copy of everything for every chunk. */
class Inflow {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  view(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  push(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    this.#end += chunk.copy(this.#buffer, this.#end);
  }

  drop(bytes: number): void {
    this.#start += bytes;
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  #makeRoom(bytes: number): void {
    const held = this.view();
    const next = Buffer.allocUnsafe(Math.max(FIRST_BYTES, 2 * (held.length + bytes)));
    this.#end = held.copy(next);
    this.#start = 0;
    this.#buffer = next;
  }
}

function died(how: string): MaestroError {
  return new MaestroError('git-failed', `a git process ${how}`, { retryable: true });
}
