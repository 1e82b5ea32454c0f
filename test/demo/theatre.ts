// Runs the demo for a test: in this process with its stage kept, or through the bin with a temporary folder of its own.
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { runDemo, type Outcome } from '../../src/demo/demo.ts';
import { pageOf } from '../../src/demo/page.ts';
import type { Kept, Passage } from '../../src/demo/passage.ts';

const BIN = resolve(import.meta.dirname, '..', '..', 'bin', 'maestro.mjs');
const END_MS_MAX = 10_000;

export type Show = { readonly outcome: Outcome; readonly passages: readonly Passage[]; readonly text: string };

export async function show(source: string | null, keep: boolean): Promise<Show> {
  const passages: Passage[] = [];
  const outcome = await runDemo({ source, keep }, (passage) => passages.push(passage), () => Promise.resolve(), new AbortController().signal);
  return { outcome, passages, text: passages.map((passage) => pageOf(passage, 100, false)).join('\n') };
}

/** Ends what `--keep` left running and takes the folder away. */
export async function clearAway(kept: Kept): Promise<void> {
  process.kill(kept.pid, 'SIGTERM');
  for (const end = Date.now() + END_MS_MAX; Date.now() < end && isAlive(kept.pid);) await new Promise((settle) => setTimeout(settle, 20));
  rmSync(kept.root, { recursive: true, force: true, maxRetries: 10 });
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export function git(directory: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8' }).trimEnd();
}

/** A folder that must be empty again when the demo is over. */
export function ownTemp(): string {
  return mkdtempSync(join(tmpdir(), 'demo-test-'));
}

export function leftIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => !name.startsWith('node-compile-cache'));
}

export function runBin(args: readonly string[], temp: string): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((settle) => {
    execFile(process.execPath, [BIN, 'demo', ...args], { env: { ...process.env, TMPDIR: temp } }, (error, stdout, stderr) => settle({ code: error === null ? 0 : Number(error.code), stdout, stderr }));
  });
}

export function startBin(args: readonly string[], temp: string): ChildProcess {
  return spawn(process.execPath, [BIN, 'demo', ...args], { env: { ...process.env, TMPDIR: temp }, stdio: ['ignore', 'pipe', 'ignore'] });
}

/** A small real repository with one commit of these files. */
export function smallRepository(files: Readonly<Record<string, string | Buffer>>): string {
  const path = ownTemp();
  git(path, 'init', '--quiet', '--initial-branch=trunk');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  git(path, 'add', '--all');
  git(path, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--quiet', '--allow-empty', '-m', 'All there is');
  return path;
}
