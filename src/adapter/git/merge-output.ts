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

/** Asks for one token after another; what it returns is the whole answer. */
type Parse = Generator<undefined, MergeResult, string>;

/** One answer of `merge-tree --stdin -z`: `1 tree - -` or `0 tree stages.. - messages.. -`, every token ended by NUL. */
export function mergeTaker(): Take<MergeResult> {
  const parse = readAnswer();
  parse.next();
  // git sends a long answer in thousands of pieces: each token is read once, whatever has come since.
  let at = 0;
  return (view) => {
    for (let end = view.indexOf(0, at); end !== -1; end = view.indexOf(0, at)) {
      const step = parse.next(view.toString('latin1', at, end));
      at = end + 1;
      if (step.done === true) return { value: step.value, used: at };
    }
    return null;
  };
}

/** The whole output of one `merge-tree --write-tree -z --messages`, which ended with `code`. */
export function parseSingle(output: Buffer, code: number): MergeResult {
  const tokens = output.toString('latin1').split('\0');
  const tree = code === 0 ? parseOid(tokens[0] ?? '') : null;
  if (tree !== null) return { kind: 'clean', tree };
  const parse = readConflict();
  parse.next();
  for (const token of tokens) {
    const step = parse.next(token);
    if (step.done === true) return step.value;
  }
  throw desynced();
}

function* readAnswer(): Parse {
  const status = yield;
  if (status === '0') return yield* readConflict();
  if (status !== '1') throw desynced();
  const tree = yield;
  if ((yield) !== '') throw desynced();
  return { kind: 'clean', tree: treeId(tree) };
}

function* readConflict(): Parse {
  const tree = yield;
  const stages: Stage[] = [];
  for (let token = yield; token !== ''; token = yield) stages.push(parseStage(token));
  const messages: MergeMessage[] = [];
  // The record ends with an empty token, or with git's unframed advice on submodules.
  for (let count = yield; /^\d+$/.test(count); count = yield) messages.push(yield* readMessage(Number(count)));
  return { kind: 'conflict', tree: treeId(tree), stages, messages };
}

function* readMessage(count: number): Generator<undefined, MergeMessage, string> {
  if (count > PATHS_MAX) throw desynced();
  const paths: string[] = [];
  while (paths.length < count) paths.push(yield);
  const kind = yield;
  const text = yield;
  return { paths, kind, text: text.trim() };
}

function parseStage(token: string): Stage {
  const [, mode = '', oid = '', stage = '', path = ''] = STAGE.exec(token) ?? [];
  if (stage !== '1' && stage !== '2' && stage !== '3') throw desynced();
  return { path, mode, oid, stage: stage === '1' ? 1 : stage === '2' ? 2 : 3 };
}

function treeId(token: string): Oid {
  const tree = parseOid(token);
  if (tree === null) throw desynced();
  return tree;
}

function desynced(): MaestroError {
  return new MaestroError('git-failed', 'merge-tree answered out of step', { retryable: true });
}
