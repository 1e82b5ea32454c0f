// What `merge-tree -z` prints, as data. Paths are bytes as latin1; knows no process.
import { MaestroError } from '../../error.ts';
import { parseOid } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Take } from './session.ts';

export type Stage = { readonly path: string; readonly stage: 1 | 2 | 3; readonly mode: string; readonly oid: string };
/** `kind` is git's short name, e.g. `CONFLICT (contents)`; `text` its sentence. */
export type MergeMessage = { readonly paths: readonly string[]; readonly kind: string; readonly text: string };

/** `tree` of a conflict holds git's markers; it never lands. */
export type MergeResult =
  | { readonly kind: 'clean'; readonly tree: Oid }
  | { readonly kind: 'conflict'; readonly tree: Oid; readonly stages: readonly Stage[]; readonly messages: readonly MergeMessage[] };

const STAGE = /^(\d{6}) ([0-9a-f]+) ([123])\t([^]+)$/;
const PATHS_MAX = 1000;

/** One answer of `merge-tree --stdin -z`: `1 tree - -` or `0 tree stages.. - messages.. -`, every token ended by NUL. */
export const takeMerge: Take<MergeResult> = (view) => {
  const tokens = new Tokens(view);
  const status = tokens.next();
  if (status === null) return null;
  if (status !== '0' && status !== '1') throw desynced();
  const result = status === '1' ? readClean(tokens) : readConflict(tokens);
  return result === null ? null : { value: result, used: tokens.at };
};

/** The whole output of one `merge-tree --write-tree -z --messages`, which ended with `code`. */
export function parseSingle(output: Buffer, code: number): MergeResult {
  const tokens = new Tokens(Buffer.concat([output, Buffer.from([0])]));
  const tree = code === 0 ? parseOid(tokens.next() ?? '') : null;
  const result = tree === null ? readConflict(tokens) : { kind: 'clean' as const, tree };
  if (result === null) throw desynced();
  return result;
}

function readClean(tokens: Tokens): MergeResult | null {
  const tree = tokens.next();
  const end = tokens.next();
  if (tree === null || end === null) return null;
  return end === '' ? { kind: 'clean', tree: treeId(tree) } : desync();
}

function readConflict(tokens: Tokens): MergeResult | null {
  const tree = tokens.next();
  if (tree === null) return null;
  const stages: Stage[] = [];
  for (let token = tokens.next(); token !== ''; token = tokens.next()) {
    if (token === null) return null;
    stages.push(parseStage(token));
  }
  const messages: MergeMessage[] = [];
  // The record ends with an empty token, or with git's unframed advice on submodules.
  for (let count = tokens.next(); count === null || /^\d+$/.test(count); count = tokens.next()) {
    const message = count === null ? null : readMessage(tokens, Number(count));
    if (message === null) return null;
    messages.push(message);
  }
  return { kind: 'conflict', tree: treeId(tree), stages, messages };
}

function readMessage(tokens: Tokens, count: number): MergeMessage | null {
  if (count > PATHS_MAX) throw desynced();
  const fields = Array.from({ length: count + 2 }, () => tokens.next());
  if (fields.at(-1) === null) return null;
  const [kind, text] = fields.slice(count);
  return { paths: fields.slice(0, count).map((path) => path ?? ''), kind: kind ?? '', text: (text ?? '').trim() };
}

function parseStage(token: string): Stage {
  const [, mode = '', oid = '', stage = '', path = ''] = STAGE.exec(token) ?? [];
  if (stage !== '1' && stage !== '2' && stage !== '3') throw desynced();
  return { path, mode, oid, stage: stage === '1' ? 1 : stage === '2' ? 2 : 3 };
}

function treeId(token: string): Oid {
  return parseOid(token) ?? desync();
}

function desync(): never {
  throw desynced();
}

function desynced(): MaestroError {
  return new MaestroError('git-failed', 'merge-tree answered out of step', { retryable: true });
}

class Tokens {
  at = 0;
  readonly #view: Buffer;

  constructor(view: Buffer) {
    this.#view = view;
  }

  /** Null at the end of what is there. */
  next(): string | null {
    const end = this.#view.indexOf(0, this.at);
    if (end === -1) return null;
    const token = this.#view.toString('latin1', this.at, end);
    this.at = end + 1;
    return token;
  }
}
