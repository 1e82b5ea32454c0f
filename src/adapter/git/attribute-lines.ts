// Which lines of a .gitattributes matter to a merge, and how they read from the root. Pure; bytes as latin1.

// Any other driver is a program of somebody's own configuration: without that git merges as text, and so do we.
const BUILT_IN = /^merge=(?:text|binary|union)$/;
const KEPT = /^(?:[-!]?merge|[-!]?text|text=auto|binary)$/;
const TEXT = /^(?:[-!]?text|text=auto)$/;
const MACRO = '[attr]';

type Line = { readonly pattern: string; readonly words: readonly string[] };

/** Of the root's file: its macros count here and in every folder below. */
export function macrosOf(text: string): ReadonlySet<string> {
  return new Set(parse(text).flatMap(({ pattern }) => pattern.startsWith(MACRO) ? [pattern.slice(MACRO.length)] : []));
}

export function rootLines(text: string, macros: ReadonlySet<string>): readonly string[] {
  return parse(text).flatMap(({ pattern, words }) => written(pattern, words, macros));
}

/** The lines of a folder's own file, for the root's: `folder` is its path from there. git takes no macros from such a file. */
export function folderLines(text: string, folder: string, macros: ReadonlySet<string>): readonly string[] {
  return parse(text).flatMap(({ pattern, words }) => {
    const inner = pattern.startsWith('"') ? pattern.slice(1, -1) : escaped(pattern);
    if (pattern.startsWith(MACRO) || inner.startsWith('!') || inner.endsWith('/')) return [];
    const below = inner.startsWith('/') ? inner : inner.includes('/') ? `/${inner}` : `/**/${inner}`;
    return written(`"${escaped(folder.replace(/[*?[\\]/g, '\\$&'))}${below}"`, words, macros);
  });
}

/** As `oddFolders` has it. */
export const EVERYWHERE: readonly string[] = [''];

/** Of lines as the root's: the folders below which texts may merge otherwise than by git's own defaults, each with a slash at the end. */
export function oddFolders(lines: readonly string[]): readonly string[] {
  const folders = new Set(lines.flatMap((line) => parse(line)).flatMap(({ pattern, words }) => {
    if (pattern.startsWith(MACRO)) return EVERYWHERE;
    // What is text decides of line ends only where git is told to renormalize, and ours is not.
    return words.every((word) => TEXT.test(word)) ? [] : [folderOf(pattern)];
  }));
  return folders.has('') ? EVERYWHERE : [...folders];
}

/** As far down as a pattern leaves nothing open. */
function folderOf(pattern: string): string {
  const inner = pattern.startsWith('"') ? pattern.slice(1, -1) : pattern;
  const [plain = ''] = /^[^*?[\\]*/.exec(inner) ?? [];
  return plain.slice(0, plain.lastIndexOf('/') + 1).replace(/^\//, '');
}

function parse(text: string): readonly Line[] {
  return text.split('\n').flatMap((line) => {
    const [, pattern = '', rest = ''] = /^\s*("(?:[^"\\]|\\.)*"|[^\s"#]\S*)\s+(.*)$/.exec(line.replace(/\r$/, '')) ?? [];
    return pattern === '' ? [] : [{ pattern, words: rest.split(/\s+/) }];
  });
}

function written(pattern: string, words: readonly string[], macros: ReadonlySet<string>): readonly string[] {
  const kept = words.flatMap((word) => {
    if (KEPT.test(word) || BUILT_IN.test(word) || macros.has(word.replace(/^[-!]|=.*$/g, ''))) return [word];
    return word.startsWith('merge=') ? ['merge=text'] : [];
  });
  return kept.length === 0 ? [] : [`${pattern} ${kept.join(' ')}`];
}

/** As inside a quoted pattern. */
function escaped(bytes: string): string {
  return bytes.replace(/[\\"]/g, '\\$&').replace(/[^ -~\u0080-\u00ff]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
