// A text cut into named pieces, every byte in exactly one of them: what a three-way merge by structure works on.
import { endOfValue } from './scan.ts';
import type { ListSyntax } from './scan.ts';

/** Between two parts: a comma, the line between two documents, or nothing where the parts are whole lines. */
export type Joint = '' | ',' | '---\n' | '---\r\n';

export type Block = {
  /** What the piece is called among its siblings. */
  readonly key: string;
  /** How the head (a leaf's text) starts: with what stands before the piece itself, comments, say. */
  readonly lead: string;
  /** A leaf's whole text; before the first part otherwise. */
  readonly head: string;
  /** Null for a leaf. */
  readonly parts: readonly Block[] | null;
  readonly tail: string;
  readonly joint: Joint;
  /** How strings and comments are written between commas; null without commas. */
  readonly syntax: ListSyntax | null;
  /** A sequence, a mapping, or neither: only of one kind can two be merged part by part. */
  readonly kind: '' | '[' | '{';
  /** Siblings of a higher level stand first: behind one of a lower level they would be read as part of it. */
  readonly level: number;
  /** Whether it is one value, so that two of its kind never stand one behind the other. */
  readonly isValue: boolean;
  /** Whether somebody may keep the parts sorted by key. */
  readonly sortable: boolean;
  readonly text: string;
};

type Traits = Partial<Pick<Block, 'lead' | 'joint' | 'syntax' | 'kind' | 'level' | 'isValue' | 'sortable'>>;

const PLAIN = { lead: '', joint: '', syntax: null, kind: '', level: Infinity, isValue: false, sortable: false } as const;

export function leaf(key: string, text: string, traits: Traits = {}): Block {
  return { ...PLAIN, ...traits, key, head: text, parts: null, tail: '', text };
}

export function container(key: string, head: string, parts: readonly Block[], tail: string, traits: Traits = {}): Block {
  const block = { ...PLAIN, ...traits, key, head, parts: numbered(parts), tail };
  return { ...block, text: assembled(head, parts.map((part) => part.text), tail, block) };
}

/** The text of a container with these parts. Whole lines that are followed by others end with a newline. */
export function assembled(head: string, parts: readonly string[], tail: string, { joint, syntax }: Pick<Block, 'joint' | 'syntax'>): string {
  if (syntax !== null) return head + withCommas(parts, tail, syntax);
  if (joint !== '') return ended([head, parts.map((part, at) => at < parts.length - 1 ? ended([part, joint]) : part).join(''), tail]);
  return ended([head, ...parts, tail]);
}

function ended(texts: readonly string[]): string {
  const pieces = texts.filter((text) => text !== '');
  return pieces.map((piece, at) => at < pieces.length - 1 && !piece.endsWith('\n') ? `${piece}\n` : piece).join('');
}

/** A comma stands before the comment that a part ends with, and behind such a comment a new line starts. */
function withCommas(parts: readonly string[], tail: string, syntax: ListSyntax): string {
  const closesWithComma = tail.startsWith(',');
  const out: string[] = [];
  let inComment = false;
  const add = (text: string): void => {
    if (inComment && !/^\r?\n/.test(text)) out.push('\n');
    out.push(text);
  };
  for (const [at, part] of parts.entries()) {
    const value = part.includes(syntax.comment) ? endOfValue(part, syntax) : { end: part.length, inComment: false };
    const cut = value.inComment ? value.end : part.length;
    add(part.slice(0, cut) + (at < parts.length - 1 || closesWithComma ? ',' : '') + part.slice(cut));
    inComment = value.inComment;
  }
  add(closesWithComma ? tail.slice(1) : tail);
  return out.join('');
}

/** Several parts of one key get an index each, so that keys are unique among siblings. */
function numbered(parts: readonly Block[]): readonly Block[] {
  const seen = new Map<string, number>();
  return parts.map((part) => {
    const count = (seen.get(part.key) ?? 0) + 1;
    seen.set(part.key, count);
    return count === 1 ? part : { ...part, key: `${part.key} #${count}` };
  });
}

/** The key without the index it got for being repeated. */
export function unnumbered(key: string): string {
  return key.replace(/ #\d+$/, '');
}
