// Puts the ladder into a repository as Git's merge driver and mergetool, and takes it out again to the byte.
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MaestroError } from '../../error.ts';
import { ask } from '../../hook/git.ts';
import type { Repository } from '../../hook/repository.ts';
import { withBlock, withoutBlock } from './block.ts';

/** A file before and after; null where there is none. Text is bytes as latin1. */
export type Edit = { readonly path: string; readonly before: string | null; readonly after: string | null };
export type Wish = { /** What starts Maestro: program and arguments. */ readonly command: readonly string[]; readonly threshold: string | null; /** Paths it is for; without them all that no attribute gives to another driver. */ readonly patterns: readonly string[] };

/** Only files that change. */
export function planInstall(repository: Repository, wish: Wish): readonly Edit[] {
  const other = ask(['config', '--get', 'merge.default'], { cwd: repository.root });
  if (wish.patterns.length === 0 && other !== null && other !== 'maestro') throw new MaestroError('not-allowed', `merge.default is ${other} already`, { next: 'maestro resolve --install-driver "*.ts" names the paths it shall be for' });
  const odd = wish.patterns.find((pattern) => /[\s"]|^[#!]/.test(pattern));
  if (odd !== undefined) throw new MaestroError('usage', `a pattern of .gitattributes has no space and no quote in it: ${odd}`);
  return edits(repository, (text) => withBlock(text, configLines(wish).map(latin1), foreignSettings), (text) => wish.patterns.length === 0 ? withoutBlock(text, foreignPatterns) : withBlock(text, wish.patterns.map((pattern) => latin1(`${pattern}${ATTRIBUTE}`)), foreignPatterns));
}

export function planUninstall(repository: Repository): readonly Edit[] {
  return edits(repository, (text) => withoutBlock(text, foreignSettings), (text) => withoutBlock(text, foreignPatterns));
}

const ATTRIBUTE = ' merge=maestro';

function foreignPatterns(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !line.endsWith(ATTRIBUTE));
}

const OWN_SETTINGS = new Map([['[merge "maestro"]', /^\t(?:name|driver|recursive) = /], ['[merge]', /^\tdefault = maestro$/], ['[mergetool "maestro"]', /^\t(?:cmd|trustExitCode) = /]]);

/** `git config` writes into the last section of a name, so also into ours. */
function foreignSettings(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let [section, told] = ['', true];
  for (const line of lines) {
    const own = OWN_SETTINGS.get(section);
    if (OWN_SETTINGS.has(line)) [section, told] = [line, false];
    else if (line.startsWith('[')) {
      [section, told] = [line, true];
      kept.push(line);
    } else if (own?.test(line) !== true) {
      kept.push(...told ? [] : [section], line);
      told = true;
    }
  }
  return kept;
}

/** Bytes as the files are read. */
function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

type Change = (text: string | null) => string | null;

function edits({ commonDir }: Repository, config: Change, attributes: Change): readonly Edit[] {
  const edit = (path: string, change: Change): Edit => {
    const before = existsSync(path) ? readFileSync(path, 'latin1') : null;
    return { path, before, after: change(before) };
  };
  return [edit(join(commonDir, 'config'), config), edit(join(commonDir, 'info/attributes'), attributes)].filter(({ before, after }) => before !== after);
}

/** How the driver ends when git's markers are written, or there is nothing to write: as nothing ends that could not start, or broke off. */
export const LEFT_IN_CONFLICT = 100;

/**
 * Whatever ends otherwise (a node that is gone does with 1 or 127) leaves the file to git.
 * `recursive`: bases that git merges on the way are no answer anybody sees.
 */
function configLines({ command, threshold, patterns }: Wish): readonly string[] {
  const call = [...command.map(shellQuoted), 'resolve', ...(threshold === null ? [] : ['--threshold', threshold])].join(' ');
  const driver = `${call.replaceAll('%', '%%')} --driver -- %O %A %B %P %L %X %Y %S; case $? in 0) ;; ${LEFT_IN_CONFLICT}) exit 1 ;; *) git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B || exit 1 ;; esac`;
  return [
    '[merge "maestro"]', '\tname = the conflict ladder of Maestro', `\tdriver = ${configQuoted(driver)}`, '\trecursive = text',
    ...(patterns.length === 0 ? ['[merge]', '\tdefault = maestro'] : []),
    '[mergetool "maestro"]', `\tcmd = ${configQuoted(`${call} --mergetool -- "$BASE" "$LOCAL" "$REMOTE" "$MERGED"`)}`, '\ttrustExitCode = true',
  ];
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll('\'', '\'\\\'\'')}'`;
}

function configQuoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}

/** As git itself changes its config: the whole new file under the lock's name, then renamed. All are locked before one is changed. */
export function makeEdits(all: readonly Edit[]): void {
  const locked: { readonly file: string; readonly after: string | null }[] = [];
  try {
    for (const { path, after } of all) {
      const file = existsSync(path) ? realpathSync(path) : path;
      lock(file, after ?? '');
      locked.push({ file, after });
    }
    for (const { file, after } of locked) {
      if (after === null) rmSync(file);
      else renameSync(`${file}.lock`, file);
    }
  } finally {
    for (const { file } of locked) rmSync(`${file}.lock`, { force: true });
  }
}

function lock(file: string, content: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.lock`, content, { encoding: 'latin1', flag: 'wx' });
    if (existsSync(file)) chmodSync(`${file}.lock`, statSync(file).mode & 0o777);
  } catch (cause) {
    const isLocked = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (!isLocked) rmSync(`${file}.lock`, { force: true });
    throw new MaestroError('disk', isLocked ? `${file}.lock is there: another git is changing it, or one died` : `${file} cannot be written`, { cause, retryable: isLocked, next: isLocked ? 'try again; if no git runs, remove that file' : 'maestro doctor' });
  }
}
