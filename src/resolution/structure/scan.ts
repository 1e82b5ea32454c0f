// Reading data and code sign by sign: where strings, comments and brackets end. Every reading is linear in the text.

export type ListSyntax = {
  /** Signs that open and close strings. */
  readonly quotes: string;
  /** What starts a comment up to the end of the line. Where it is `//`, comments between `/*` and its end are known, too. */
  readonly comment: '//' | '#';
};

/** What the sign at `at` starts, and the index behind it: a string or a comment whole, anything else one sign. */
export type Token = { readonly kind: 'string' | 'line-comment' | 'block-comment' | 'space' | 'sign'; readonly end: number };

export function tokenAt(text: string, at: number, { quotes, comment }: ListSyntax): Token {
  const sign = text[at] ?? '';
  if (quotes.includes(sign)) return { kind: 'string', end: endOfString(text, at) };
  if (text.startsWith(comment, at)) return { kind: 'line-comment', end: endOfLine(text, at) };
  if (comment === '//' && text.startsWith('/*', at)) return { kind: 'block-comment', end: endOfBlockComment(text, at) };
  return { kind: isSpace(sign) ? 'space' : 'sign', end: at + 1 };
}

/** Behind the closing quote, or at the end of the text; a backslash escapes between double quotes alone. */
export function endOfString(text: string, at: number): number {
  const quote = text[at];
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === '\\' && quote === '"') end += 1;
    else if (text[end] === quote) return end + 1;
  }
  return text.length;
}

/** Where space and comments from `at` on end. */
export function endOfQuiet(text: string, at: number, syntax: ListSyntax): number {
  for (let end = at; end < text.length;) {
    const token = tokenAt(text, end, syntax);
    if (token.kind === 'string' || token.kind === 'sign') return end;
    end = token.end;
  }
  return text.length;
}

/** Behind the last sign that is no space and in no comment, and whether a comment of a line reaches the end of the text. */
export function endOfValue(text: string, syntax: ListSyntax): { readonly end: number; readonly inComment: boolean } {
  let [end, inComment] = [0, false];
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at, syntax);
    if (token.kind === 'string' || token.kind === 'sign') end = token.end;
    inComment = token.kind === 'line-comment';
    at = token.end;
  }
  return { end, inComment };
}

/** The index of the bracket that closes the one at `open`; -1 where none does. */
export function closingOf(text: string, open: number, syntax: ListSyntax): number {
  let depth = 0;
  for (let at = open; at < text.length;) {
    const token = tokenAt(text, at, syntax);
    if (token.kind === 'sign') depth += depthOf(text[at] ?? '');
    if (depth === 0) return at;
    at = token.end;
  }
  return -1;
}

/** 1 for a bracket that opens, -1 for one that closes. */
export function depthOf(sign: string): -1 | 0 | 1 {
  return '{[('.includes(sign) ? 1 : '}])'.includes(sign) ? -1 : 0;
}

function isSpace(sign: string): boolean {
  return sign.trim() === '';
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function endOfBlockComment(text: string, at: number): number {
  const end = text.indexOf('*/', at + 2);
  return end < 0 ? text.length : end + 2;
}
