// One line of the filter's input as data. What a line lacks is said, never guessed: a base that is missing is not an add/add.
import { parseOid } from '../../merge/branch.ts';
import { EARLIER_CHARS_MAX, EARLIER_MAX, type ConflictFile, type Earlier, type Intent } from '../../resolution/conflict-file.ts';
import type { StoredFile, StoredPair, StoredTrouble } from './stored.ts';

export type LineId = string | number;
export type LineTrouble = 'line-too-long' | 'not-utf8' | 'not-json' | 'bad-request' | 'unsupported' | StoredTrouble['code'];
export type Request =
  | { readonly kind: 'file'; readonly id: LineId; readonly scope: string; readonly file: ConflictFile }
  /** Named by the commits that meet; its texts are in the repository. */
  | { readonly kind: 'stored'; readonly id: LineId; readonly scope: string; readonly stored: StoredFile }
  | { readonly kind: 'tree'; readonly id: LineId; readonly stored: StoredPair }
  /** What people made of a file that was asked before: it teaches, and is not answered. */
  | { readonly kind: 'outcome'; readonly id: LineId; readonly resolved: string }
  | { readonly kind: 'trouble'; readonly id: LineId | null; readonly code: LineTrouble; readonly message: string };

const MESSAGE_CHARS_MAX = 8000;
const SUBJECT_CHARS_MAX = 300;
const SUBJECTS_MAX = 12;
const NO_PATH = '"path" has to be a text';
const utf8 = new TextDecoder('utf-8', { fatal: true });

export function parseRequest(line: Buffer | 'too-long'): Request {
  if (line === 'too-long') return trouble(null, 'line-too-long', 'the line is too long');
  const text = decode(line);
  if (text === null) return trouble(null, 'not-utf8', 'the line is not UTF-8');
  const fields = parseObject(text);
  if (fields === null) return trouble(null, 'not-json', 'the line is no JSON object');
  const id = fields['id'];
  if (typeof id !== 'string' && typeof id !== 'number') return trouble(null, 'bad-request', '"id" has to be a string or a number');
  switch (fields['kind']) {
    case 'outcome': return outcome(id, fields);
    case undefined: return question(id, fields);
    case 'tree': return fields['repoGitDir'] === undefined ? trouble(id, 'bad-request', '"kind": "tree" needs "repoGitDir"') : question(id, fields);
    default: return trouble(id, 'unsupported', '"kind" can only be "outcome" or "tree"');
  }
}

type Fields = Readonly<Record<string, unknown>>;

function outcome(id: LineId, { resolved }: Fields): Request {
  return typeof resolved === 'string' ? { kind: 'outcome', id, resolved } : trouble(id, 'bad-request', 'an outcome needs "resolved", the text that was committed');
}

function question(id: LineId, fields: Fields): Request {
  const { path, base, ours, theirs, repoGitDir } = fields;
  const scope = typeof fields['scope'] === 'string' ? fields['scope'] : '';
  if (repoGitDir !== undefined) return stored(id, scope, fields);
  if (typeof path !== 'string' || path === '') return trouble(id, 'bad-request', NO_PATH);
  if (base !== null && typeof base !== 'string') return trouble(id, 'bad-request', '"base" has to be a text, or null where both sides added the path');
  if (typeof ours !== 'string' || typeof theirs !== 'string') return trouble(id, 'bad-request', '"ours" and "theirs" have to be texts');
  return { kind: 'file', id, scope, file: { path, base, ours, theirs, intent: intentIn(fields), ...earlierIn(fields) } };
}

function stored(id: LineId, scope: string, { repoGitDir, ours, theirs, path, kind }: Fields): Request {
  if (typeof repoGitDir !== 'string' || repoGitDir === '') return trouble(id, 'bad-request', '"repoGitDir" has to be a text');
  const [mine, other] = [ours, theirs].map((commit) => typeof commit === 'string' ? parseOid(commit) : null);
  if (!mine || !other) return trouble(id, 'bad-request', 'beside "repoGitDir", "ours" and "theirs" have to be the full ids of commits');
  const pair = { gitDir: repoGitDir, ours: mine, theirs: other };
  if (kind === 'tree') return { kind, id, stored: pair };
  return typeof path !== 'string' || path === '' ? trouble(id, 'bad-request', NO_PATH) : { kind: 'stored', id, scope, stored: { ...pair, path } };
}

function intentIn({ oursMessage, theirsMessage, oursLog, theirsLog, merge }: Fields): Intent {
  return { oursMessage: textIn(oursMessage), theirsMessage: textIn(theirsMessage), oursLog: subjectsIn(oursLog), theirsLog: subjectsIn(theirsLog), ...(typeof merge === 'string' ? { merge: textIn(merge) } : {}) };
}

/** Only of both sides: what one had says nothing where the other's is not known. */
function earlierIn({ oursEarlier, theirsEarlier }: Fields): { readonly earlier?: Earlier } {
  const [ours, theirs] = [textsIn(oursEarlier), textsIn(theirsEarlier)];
  return ours === null || theirs === null ? {} : { earlier: { ours, theirs } };
}

function textsIn(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) return null;
  const texts: string[] = [];
  let left = EARLIER_CHARS_MAX;
  for (const text of value) {
    left -= text.length;
    if (left < 0 || texts.length === EARLIER_MAX) break;
    if (!text.includes('\0')) texts.push(text);
  }
  return texts;
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MESSAGE_CHARS_MAX) : '';
}

function subjectsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string').slice(0, SUBJECTS_MAX).map((one) => one.slice(0, SUBJECT_CHARS_MAX)) : [];
}

function decode(line: Buffer): string | null {
  try {
    return utf8.decode(line);
  } catch {
    return null;
  }
}

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : null;
  } catch {
    return null;
  }
}

function trouble(id: LineId | null, code: LineTrouble, message: string): Request {
  return { kind: 'trouble', id, code, message };
}
