// Changes to files as data: planned, shown by --dry-run, then made. Knows nothing of hooks.
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MaestroError } from '../error.ts';
import { printable } from '../merge/branch.ts';

export type Step =
  | { readonly kind: 'folder'; readonly path: string }
  /** Another process sees the old file or the whole new one. */
  | { readonly kind: 'write'; readonly path: string; readonly content: string; readonly mode: number }
  /** Keeps the file's mode, owner and links. latin1, so that foreign bytes survive. */
  | { readonly kind: 'edit'; readonly path: string; readonly content: string }
  | { readonly kind: 'move'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  /** Only when nothing is in it. */
  | { readonly kind: 'remove-empty'; readonly path: string };

/** The step, or nothing when the file is like that already. */
export function writeUnlessSame(path: string, content: string, mode: number): readonly Step[] {
  const there = lstatSync(path, { throwIfNoEntry: false });
  const same = there?.isFile() === true && readFileSync(path, 'utf8') === content && ((there.mode & 0o111) === (mode & 0o111) || process.platform === 'win32');
  return same ? [] : [{ kind: 'write', path, content, mode }];
}

export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'folder': return `create ${printable(step.path)}/`;
    case 'write': return `write  ${printable(step.path)}`;
    case 'edit': return `edit   ${printable(step.path)}`;
    case 'move': return `move   ${printable(step.from)} -> ${printable(step.to)}`;
    case 'remove': return `remove ${printable(step.path)}`;
    case 'remove-empty': return `remove ${printable(step.path)}/ if empty`;
  }
}

export function perform(steps: readonly Step[]): void {
  for (const step of steps) {
    try {
      make(step);
    } catch (cause) {
      const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
      throw new MaestroError('disk', `cannot ${describeStep(step)}: ${why}`, { cause, next: 'check the permissions of that folder, then run it again: it is safe to repeat' });
    }
  }
}

function make(step: Step): void {
  switch (step.kind) {
    case 'folder': mkdirSync(step.path, { recursive: true }); return;
    case 'write': writeWhole(step.path, step.content, step.mode); return;
    case 'edit': writeFileSync(step.path, step.content, 'latin1'); return;
    case 'move': renameSync(step.from, step.to); return;
    case 'remove': rmSync(step.path, { recursive: true, force: true }); return;
    case 'remove-empty': if (existsSync(step.path) && readdirSync(step.path).length === 0) rmdirSync(step.path); return;
  }
}

function writeWhole(path: string, content: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = join(dirname(path), `.maestro-part-${process.pid}`);
  writeFileSync(part, content);
  chmodSync(part, mode);
  renameSync(part, path);
}
