// The same story on a copy of a real repository: finds text files whose lines the agents can rewrite. Knows nothing of Maestro's machine.
import { extname } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { MaestroError } from '../error.ts';
import { agent, type Edits, type Story } from './story.ts';

const BYTES_MIN = 120;
const BYTES_MAX = 60_000;
const LINES_MIN = 6;
const LINES_REWRITTEN = 3;
/** Enough to find two among binaries in disguise; each costs one git call. */
const LOOKED_AT_MAX = 40;
const CODE = new Set(['.c', '.cc', '.cpp', '.cs', '.go', '.h', '.java', '.js', '.kt', '.mjs', '.php', '.py', '.rb', '.rs', '.sh', '.swift', '.ts', '.tsx']);
const PROSE = new Set(['.md', '.rst', '.txt']);
const CONFIG_PATH = '.github/maestro.yml';
// A rewritten lock file or hook proves nothing and reads badly.
const LEFT_ALONE = /(?:^|\/)(?:\.|node_modules\/|vendor\/|third_party\/|dist\/)|lock\b|\.min\.|generated/i;

type Text = { readonly path: string; readonly text: string };

/** `git` works in the bare copy; `target` is the branch everything goes to. */
export async function borrowStory(git: SimpleGit, target: string): Promise<Story> {
  const { texts, paths } = await textsOf(git, target);
  const [contested, other] = texts;
  if (contested === undefined) throw new MaestroError('usage', 'no text file of a few lines was found in that repository: there is nothing to fight over', { next: 'maestro demo' });
  const aside: Edits = other === undefined ? { 'NOTES-of-numa.txt': 'Numa was here.\n' } : { [other.path]: signed(other.text, 'Numa') };
  return {
    // The demo's gate is none: what the repository itself asks for may need its whole toolchain.
    start: paths.has(CONFIG_PATH) ? { message: 'Demo: no rules of our own in this copy', files: { [CONFIG_PATH]: null } } : null,
    agents: [
      agent('Apollo', 'apollo-rewrites', `Rewrote lines of ${contested.path}`, 'These lines, as Apollo would write them', { [contested.path]: rewritten(contested.text, 'Apollo') }),
      agent('Athena', 'athena-rewrites', `Rewrote the same lines of ${contested.path}`, 'The same lines, as Athena would write them', { [contested.path]: rewritten(contested.text, 'Athena') }),
      agent('Numa', 'numa-elsewhere', other === undefined ? 'Added a note' : `Signed ${other.path}`, 'Another file', aside),
    ],
    places: {},
    voters: {},
    gate: null,
  };
}

/** At most two files worth editing, code before prose before the rest, and every path there is. */
async function textsOf(git: SimpleGit, target: string): Promise<{ readonly texts: readonly Text[]; readonly paths: ReadonlySet<string> }> {
  const listed = (await git.raw(['ls-tree', '-r', '-l', '-z', `refs/heads/${target}`])).split('\0').flatMap(parseEntry);
  const wanted = listed.filter((entry) => entry.mode === '100644' && entry.bytes >= BYTES_MIN && entry.bytes <= BYTES_MAX && !LEFT_ALONE.test(entry.path));
  const sorted = wanted.toSorted((a, b) => liking(a.path) - liking(b.path));
  const texts: Text[] = [];
  for (const { path } of sorted.slice(0, LOOKED_AT_MAX)) {
    const text = await git.raw(['cat-file', 'blob', `refs/heads/${target}:${path}`]);
    if (isPlain(text)) texts.push({ path, text });
    if (texts.length === 2) break;
  }
  return { texts, paths: new Set(listed.map((entry) => entry.path)) };
}

function parseEntry(line: string): readonly { readonly mode: string; readonly bytes: number; readonly path: string }[] {
  const [, mode = '', size = '', path = ''] = /^(\d{6}) \w+ [0-9a-f]+ +(\S+)\t(.+)$/s.exec(line) ?? [];
  return path === '' ? [] : [{ mode, bytes: Number(size), path }];
}

function liking(path: string): number {
  const extension = extname(path).toLowerCase();
  return CODE.has(extension) ? 0 : PROSE.has(extension) ? 1 : 2;
}

/** UTF-8 with plain line ends and enough lines in a row to rewrite. */
function isPlain(text: string): boolean {
  return !/[\0\r\uFFFD]/.test(text) && text.endsWith('\n') && text.split('\n').length >= LINES_MIN && spotIn(text.split('\n')) !== null;
}

function rewritten(text: string, name: string): string {
  const lines = text.split('\n');
  const at = spotIn(lines) ?? 0;
  return lines.map((line, index) => index >= at && index < at + LINES_REWRITTEN ? line.replace(/^\s*/, (indent) => `${indent}(${name}) `) : line).join('\n');
}

/** The first of some lines in a row that say something, as near to the middle as there are any. */
function spotIn(lines: readonly string[]): number | null {
  const middle = Math.floor((lines.length - LINES_REWRITTEN) / 2);
  const starts = lines.map((_, at) => at).toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  return starts.find((at) => at + LINES_REWRITTEN < lines.length && lines.slice(at, at + LINES_REWRITTEN).every((line) => line.trim() !== '')) ?? null;
}

function signed(text: string, name: string): string {
  return `${text}(${name} read this)\n`;
}
