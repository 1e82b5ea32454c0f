// What speaks against a resolved text, whoever made it. No objection is no proof: gates judge what it does.
import type { ConflictFile } from './conflict-file.ts';
import { isJson, repeatedKeys } from './json.ts';
import { ledgerOf } from './line-ledger.ts';
import type { LedgerLine, LineLedger } from './line-ledger.ts';
import type { Parser } from './syntax.ts';

export type Objection =
  | { readonly code: 'markers'; readonly line: number }
  | { readonly code: 'syntax'; readonly errors: number; /** The smaller count of both sides. */ readonly allowed: number }
  /** Once each, as the text writes them. */
  | { readonly code: 'repeated-keys'; readonly keys: readonly string[] }
  | { readonly code: 'line-ends' }
  | { readonly code: 'final-newline'; readonly state: 'lost' | 'gained' }
  | { readonly code: 'binary' }
  | { readonly code: 'from-nowhere'; readonly lines: readonly LedgerLine[] };

const MARKER = /^(?:<{7}|>{7}|\|{7}|={7})(?: .*)?\r?$/gm;

/** `ledger`: of this text, where it is known already. */
export function verify(file: Pick<ConflictFile, 'path' | 'base' | 'ours' | 'theirs'>, resolved: string, parser: Parser | null, ledger = ledgerOf(file, resolved, parser)): readonly Objection[] {
  const areJson = file.path.endsWith('.json') && isJson(file.ours) && isJson(file.theirs);
  return [
    ...markersIn(file, resolved),
    ...areJson ? jsonOf(file, resolved, parser) : syntaxOf(file, resolved, parser),
    ...lineEndsOf(file, resolved),
    ...finalNewlineOf(file, resolved),
    ...binaryIn(file, resolved),
    ...nowhereIn(ledger),
  ];
}

type Sides = Pick<ConflictFile, 'path' | 'base' | 'ours' | 'theirs'>;

/** Seven equal signs underline a title in some languages: only markers that no side has are left over. */
function markersIn({ ours, theirs }: Sides, resolved: string): readonly Objection[] {
  const known = new Set([...ours.matchAll(MARKER), ...theirs.matchAll(MARKER)].map((match) => match[0].trim()));
  const left = [...resolved.matchAll(MARKER)].find((match) => !known.has(match[0].trim()));
  return left === undefined ? [] : [{ code: 'markers', line: resolved.slice(0, left.index).split('\n').length }];
}

function syntaxOf({ path, ours, theirs }: Sides, resolved: string, parser: Parser | null): readonly Objection[] {
  const errorsIn = (text: string): number | null => parser?.outline(path, text)?.errorCount ?? null;
  const errors = errorsIn(resolved);
  if (errors === null || errors === 0) return [];
  const [left, right] = [errorsIn(ours), errorsIn(theirs)];
  if (left === null || right === null) return [];
  const allowed = Math.min(left, right);
  return errors > allowed ? [{ code: 'syntax', errors, allowed }] : [];
}

/** Of what both sides wrote as JSON. */
function jsonOf(file: Sides, resolved: string, parser: Parser | null): readonly Objection[] {
  return isJson(resolved) ? [...syntaxOf(file, resolved, parser), ...repeatedIn(file, resolved)] : [{ code: 'syntax', errors: 1, allowed: 0 }];
}

/** More than a side repeats. */
function repeatedIn({ ours, theirs }: Sides, resolved: string): readonly Objection[] {
  const repeated = [...new Set(repeatedKeys(resolved))];
  const known = new Set(repeated.length === 0 ? [] : [ours, theirs].flatMap(repeatedKeys));
  const keys = repeated.filter((key) => !known.has(key));
  return keys.length === 0 ? [] : [{ code: 'repeated-keys', keys }];
}

function lineEndsOf({ ours, theirs }: Sides, resolved: string): readonly Objection[] {
  const mix = lineEnds(resolved);
  return mix === 'none' || mix === lineEnds(ours) || mix === lineEnds(theirs) ? [] : [{ code: 'line-ends' }];
}

function lineEnds(text: string): 'none' | 'lf' | 'crlf' | 'mixed' {
  const all = text.split('\n').length - 1;
  const crlf = text.split('\r\n').length - 1;
  return all === 0 ? 'none' : crlf === 0 ? 'lf' : crlf === all ? 'crlf' : 'mixed';
}

function finalNewlineOf({ ours, theirs }: Sides, resolved: string): readonly Objection[] {
  if (resolved === '') return [];
  const has = resolved.endsWith('\n');
  return has === ours.endsWith('\n') || has === theirs.endsWith('\n') ? [] : [{ code: 'final-newline', state: has ? 'gained' : 'lost' }];
}

/** NUL, or what a decoder wrote where bytes were no text. */
function binaryIn({ ours, theirs }: Sides, resolved: string): readonly Objection[] {
  return ['\0', '\uFFFD'].some((sign) => resolved.includes(sign) && !(ours.includes(sign) && theirs.includes(sign))) ? [{ code: 'binary' }] : [];
}

function nowhereIn({ fromNowhere }: LineLedger): readonly Objection[] {
  return fromNowhere.length === 0 ? [] : [{ code: 'from-nowhere', lines: fromNowhere }];
}
