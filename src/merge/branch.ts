// Names and ids of Git as values. Knows no process: whether a ref exists is somebody else's question.

/** A full ref name below refs/heads/, already accepted by `parseBranch`. */
export type RefName = string & { readonly __ref: 'RefName' };

/** A full lower-case hex object id, 40 (SHA-1) or 64 (SHA-256) digits. */
export type Oid = string & { readonly __oid: 'Oid' };

const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const NAME_BYTES_MAX = 200;
// Letters, digits and . _ - / only: every other byte that git allows has been used for injection somewhere
// (options, refspecs, shells, terminals, HTML, invisible Unicode).
const NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;

export function parseOid(text: string): Oid | null {
  return OID.test(text) ? (text as Oid) : null;
}

export type BranchParse = { readonly ok: true; readonly ref: RefName } | { readonly ok: false; readonly why: string };

/** Accepts `refs/heads/x` or `x`; refuses every name that could mean something else to git, a shell or a terminal. */
export function parseBranch(text: string): BranchParse {
  const before = parsed.get(text);
  if (before !== undefined) return before;
  const parse = parseAnew(text);
  if (parsed.size >= PARSED_MAX) parsed.clear();
  if (text.length <= NAME_BYTES_MAX) parsed.set(text, parse);
  return parse;
}

/** A sweep shows the same names again and again. */
const parsed = new Map<string, BranchParse>();
const PARSED_MAX = 5_000;

function parseAnew(text: string): BranchParse {
  const name = text.startsWith('refs/heads/') ? text.slice('refs/heads/'.length) : text;
  if (name === '') return refuse('the name is empty');
  if (name.length > NAME_BYTES_MAX) return refuse(`the name is longer than ${NAME_BYTES_MAX} bytes`);
  if (!NAME.test(name)) return refuse('only letters, digits and . _ - / are accepted, starting with a letter or digit');
  if (name.startsWith('refs/')) return refuse('the name repeats refs/');
  if (OID.test(name)) return refuse('the name looks like an object id');
  if (name.toUpperCase() === 'HEAD') return refuse('the name is reserved');
  for (const part of name.split('/')) {
    if (part === '' || part.startsWith('.') || part.endsWith('.') || part.endsWith('.lock') || part.includes('..'))
      return refuse('a part of the name is empty, starts or ends with a dot, or ends with .lock');
  }
  return { ok: true, ref: `refs/heads/${name}` as RefName };
}

/** `refs/heads/team/a` -> `team/a`, for people. */
export function shortName(ref: RefName): string {
  return ref.slice('refs/heads/'.length);
}

/** Any text made safe for one line of a terminal: control, bidi and invisible characters become `\u{..}`, long text is cut. */
export function printable(text: string, lengthMax = 300): string {
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax)}...` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

function refuse(why: string): BranchParse {
  return { ok: false, why };
}
