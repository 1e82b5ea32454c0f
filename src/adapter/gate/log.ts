// The logs of gates: one file a run, written while it runs, kept after it, the oldest taken away. Knows no verdict.
import { constants } from 'node:fs';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';

export const LOGS_MAX = 200;
const RUNS_PER_COMMIT_MAX = 1000;
const COMMIT_DIGITS = 12;
const NEWLINE = 0x0a;
const TAIL_LINES_MAX = 40;
const TAIL_BYTES_MAX = 4096;
// Lines are cut out of this much, so that escape sequences and half characters at the seam fall outside the tail.
const KEPT_BYTES = 4 * TAIL_BYTES_MAX;

export class LogFolder {
  readonly #directory: string;
  /** Oldest first. */
  readonly #names: string[];

  private constructor(directory: string, names: string[]) {
    this.#directory = directory;
    this.#names = names;
  }

  static async open(directory: string): Promise<LogFolder> {
    await mkdir(directory, { recursive: true });
    const aged = await Promise.all((await readdir(directory)).map(async (name) => ({ name, atMs: (await stat(join(directory, name))).mtimeMs })));
    return new LogFolder(directory, aged.sort((a, b) => a.atMs - b.atMs).map(({ name }) => name));
  }

  async start(commit: Oid, heading: readonly string[]): Promise<Log> {
    const log = await this.#create(commit.slice(0, COMMIT_DIGITS));
    await log.file.write(heading.map((line) => `maestro: ${line}\n`).join(''));
    return log;
  }

  /** Exclusive: a link that a gate put there beforehand is not followed. */
  async #create(commit: string): Promise<Log> {
    for (let run = 1; run <= RUNS_PER_COMMIT_MAX; run += 1) {
      const name = `${commit}-${run}.log`;
      if (this.#names.includes(name)) continue;
      const path = join(this.#directory, name);
      try {
        const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
        this.#names.push(name);
        await this.#rotate();
        return new Log(path, file);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
    throw new MaestroError('internal', `commit ${commit} has more than ${RUNS_PER_COMMIT_MAX} gate logs`, { retryable: true });
  }

  async #rotate(): Promise<void> {
    for (const name of this.#names.splice(0, Math.max(0, this.#names.length - LOGS_MAX))) {
      await rm(join(this.#directory, name), { force: true, recursive: true });
    }
  }
}

export class Log {
  readonly path: string;
  readonly file: FileHandle;
  #kept: Buffer = Buffer.alloc(0);

  constructor(path: string, file: FileHandle) {
    this.path = path;
    this.file = file;
  }

  async write(chunk: Buffer): Promise<void> {
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-KEPT_BYTES);
    let written = 0;
    while (written < chunk.length) written += (await this.file.write(chunk, written)).bytesWritten;
  }

  /** A line of ours at the end, then closed. */
  async end(last: string): Promise<void> {
    const unended = this.#kept.length > 0 && this.#kept.at(-1) !== NEWLINE;
    await this.file.write(`${unended ? '\n' : ''}maestro: ${last}\n`);
    await this.file.close();
  }

  async close(): Promise<void> {
    await this.file.close().catch(() => undefined);
  }

  /** The last lines of the command's output, safe to show. */
  tail(): string {
    return tailOf(this.#kept);
  }
}

export function tailOf(output: Buffer): string {
  const plain = stripVTControlCharacters(output.toString('utf8')).replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{C}\n\t]|[\u2028\u2029]/gu, '');
  const lines = plain.trimEnd().split('\n').slice(-TAIL_LINES_MAX);
  let tail = lines.join('\n');
  while (Buffer.byteLength(tail) > TAIL_BYTES_MAX) {
    const newline = tail.indexOf('\n');
    tail = newline === -1 ? Buffer.from(tail).subarray(-TAIL_BYTES_MAX).toString('utf8').replace(/^\uFFFD+/, '') : tail.slice(newline + 1);
  }
  return tail;
}
