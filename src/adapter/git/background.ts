// What two sides that meet in a conflict said they were doing since they parted, and what their files were meanwhile. Reads; judges nothing.
import type { Oid } from '../../merge/branch.ts';
import { NO_INTENT, type ConflictFile, type Intent } from '../../resolution/conflict-file.ts';
import { earlierTexts } from './earlier.ts';
import type { Reader } from './read.ts';
import type { GitRunner } from './run.ts';

/** Of a path, bytes as latin1. */
export type Background = (path: string) => Pick<ConflictFile, 'intent' | 'earlier'>;
export const NO_BACKGROUND: Background = () => ({ intent: NO_INTENT });

const SUBJECTS_MAX = 12;
const MESSAGE_CHARS_MAX = 8000;
const SUBJECT_CHARS_MAX = 300;

type Tools = { readonly git: GitRunner; readonly reader: Pick<Reader, 'blob' | 'commit' | 'info' | 'mergeBases'> };

export async function backgroundOf({ git, reader }: Tools, ours: Oid, theirs: Oid, paths: readonly string[]): Promise<Background> {
  const [intent, earlier] = await Promise.all([intentOf(reader, ours, theirs), earlierTexts(git, reader, ours, theirs, paths)]);
  return (path) => {
    const known = earlier.get(path);
    return known === undefined ? { intent } : { intent, earlier: known };
  };
}

async function intentOf(reader: Tools['reader'], ours: Oid, theirs: Oid): Promise<Intent> {
  const [base = null] = await reader.mergeBases(ours, theirs);
  const [mine, other] = await Promise.all([wordsOf(reader, ours, base), wordsOf(reader, theirs, base)]);
  return { oursMessage: mine.message, oursLog: mine.log, theirsMessage: other.message, theirsLog: other.log };
}

/** The tip's message, and the subjects on the first-parent way down to the base. */
async function wordsOf(reader: Tools['reader'], tip: Oid, base: Oid | null): Promise<{ readonly message: string; readonly log: readonly string[] }> {
  const log: string[] = [];
  let message = '';
  for (let at: Oid | undefined = tip; at !== undefined && at !== base && log.length < SUBJECTS_MAX;) {
    const commit = await reader.commit(at);
    if (commit === null) break;
    const words = commit.message.trim();
    if (log.length === 0) message = words.slice(0, MESSAGE_CHARS_MAX);
    log.push((words.split('\n')[0] ?? '').slice(0, SUBJECT_CHARS_MAX));
    at = commit.parents[0];
  }
  return { message, log };
}
