// Puts the ladder into a repository as Git's merge driver and mergetool, and takes it out again to the byte.
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
  return edits(repository, (text) => withBlock(text, configLines(wish)), (text) => wish.patterns.length === 0 ? withoutBlock(text) : withBlock(text, wish.patterns.map((pattern) => `${pattern} merge=maestro`)));
}

export function planUninstall(repository: Repository): readonly Edit[] {
  return edits(repository, withoutBlock, withoutBlock);
}

type Change = (text: string | null) => string | null;

function edits({ commonDir }: Repository, config: Change, attributes: Change): readonly Edit[] {
  const edit = (path: string, change: Change): Edit => {
    const before = existsSync(path) ? readFileSync(path, 'latin1') : null;
    return { path, before, after: change(before) };
  };
  return [edit(join(commonDir, 'config'), config), edit(join(commonDir, 'info/attributes'), attributes)].filter(({ before, after }) => before !== after);
}

/**
 * Whatever ends without having written markers (a node that is gone exits with 1 too) leaves the file to git.
 * `recursive`: bases that git merges on the way are no answer anybody sees.
 */
function configLines({ command, threshold, patterns }: Wish): readonly string[] {
  const call = [...command.map(shellQuoted), 'resolve', ...(threshold === null ? [] : ['--threshold', threshold])].join(' ');
  const driver = `${call.replaceAll('%', '%%')} --driver -- %O %A %B %P %L %X %Y %S; [ $? -eq 0 ] || if grep -q '^<<<<<<<' %A; then exit 1; else git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B || exit 1; fi`;
  return [
    '[merge "maestro"]', '\tname = the conflict ladder of Maestro', `\tdriver = ${configQuoted(driver)}`, '\trecursive = text',
    ...(patterns.length === 0 ? ['[merge]', '\tdefault = maestro'] : []),
    '[mergetool "maestro"]', `\tcmd = ${configQuoted(`${call} --mergetool -- "$BASE" "$LOCAL" "$REMOTE" "$MERGED"`)}`, '\ttrustExitCode = true',
  ].map((line) => Buffer.from(line, 'utf8').toString('latin1'));
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll('\'', '\'\\\'\'')}'`;
}

function configQuoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/** As git itself changes its config: the whole new file under the lock's name, then renamed. */
export function makeEdits(all: readonly Edit[]): void {
  for (const { path, after } of all) {
    const file = existsSync(path) ? realpathSync(path) : path;
    try {
      if (after === null) rmSync(file);
      else {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(`${file}.lock`, after, { encoding: 'latin1', flag: 'wx', mode: existsSync(file) ? statSync(file).mode & 0o777 : 0o644 });
        renameSync(`${file}.lock`, file);
      }
    } catch (cause) {
      const isLocked = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
      throw new MaestroError('disk', isLocked ? `${file}.lock is there: another git is changing it, or one died` : `${file} cannot be written`, { cause, retryable: isLocked, next: isLocked ? 'try again; if no git runs, remove that file' : 'maestro doctor' });
    }
  }
}
