// The door itself: help, wrong usage, exit codes, and errors that are never a stack trace. Through the bin.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../src/command/failure.ts';
import { cloneIn, folder, git, maestro } from './stage.ts';

const root = folder();
const clone = cloneIn(root.path);
afterAll(root.dispose);

describe('help', () => {
  test('names every verb and every exit code', async () => {
    const { code, out } = await maestro(root.path, ['--help']);
    expect(code).toBe(0);
    for (const verb of ['demo', 'init', 'start', 'status', 'explain', 'inbox', 'decide', 'pause', 'resume', 'promote', 'cancel', 'retry', 'rollback', 'certificate', 'resolve', 'learn', 'replay', 'doctor']) expect(out).toMatch(new RegExp(`^  ${verb} `, 'm'));
    expect(out).toContain('8 no coordinator is running');
  });

  test.each(['start', 'decide', 'rollback'])('of %s says its arguments and flags', async (verb) => {
    const [flag, word] = await Promise.all([maestro(root.path, [verb, '--help']), maestro(root.path, ['help', verb])]);
    expect(flag).toEqual(word);
    expect(flag.out).toContain('--repo <path or URL>');
    expect(flag.out).toContain('Exit codes:');
  });
});

describe('wrong usage exits 2', () => {
  test.each([
    [['stauts'], 'unknown command \'stauts\' (Did you mean status?)', 'maestro --help'],
    [['help', 'stauts'], 'unknown command \'stauts\'', 'maestro --help'],
    [['status', '--wacht'], 'unknown option \'--wacht\' (Did you mean --watch?)', 'maestro status --help'],
    [['explain'], 'missing required argument \'id\'', 'maestro explain --help'],
    [['cancel', 'a', 'b'], 'too many arguments', 'maestro cancel --help'],
    [['resolve', '--mergetool', 'a'], 'four files are wanted', 'maestro resolve --help'],
  ])('%j', async (args, said, next) => {
    const { code, out, err } = await maestro(root.path, args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`maestro: ${said}`);
    expect(err).toContain(`  next: ${next}`);
  });
});

test('where no repository is, every verb says so without a stack trace', async () => {
  const { code, out, err } = await maestro(root.path, ['status']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe(`maestro: ${root.path} is not a Git repository\n  next: run it inside a clone, or give --repo <path or URL>\n`);
});

test('with --json an error is one document on stdout', async () => {
  const { code, out, err } = await maestro(clone, ['decide', 'x', 'A', '--json']);
  expect({ code, err }).toEqual({ code: 8, err: '' });
  expect(JSON.parse(out)).toEqual({ error: { code: 'not-running', message: `no coordinator is running on ${join(clone, '.git/maestro')}`, next: 'maestro start', retryable: true } });
});

test('a clone without a remote is told how to add one', async () => {
  const lonely = join(root.path, 'lonely');
  mkdirSync(lonely);
  git(lonely, 'init', '-q');
  expect(await maestro(lonely, ['start', '--drain'])).toMatchObject({ code: 1, err: `maestro: ${lonely} has no remote\n  next: git remote add origin <URL>\n` });
});

test('the plain status takes the short way to the same answer', async () => {
  const [short, long] = await Promise.all([maestro(clone, ['status', '--json']), maestro(root.path, ['status', '--json', '--repo', clone])]);
  expect(short).toEqual(long);
});

test('exit codes are the documented ones', () => {
  expect(['usage', 'state-held', 'fenced', 'unknown-request', 'not-allowed', 'unreachable', 'not-running', 'internal'].map((code) => exitCodeOf(code as Parameters<typeof exitCodeOf>[0]))).toEqual([2, 3, 3, 4, 4, 7, 8, 1]);
});
