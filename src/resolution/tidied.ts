// Imports that a merged text has from a side that used them, and uses no longer since the other side took that place: the text without them.
// Reads the forms of some languages by their signs alone; what it does not read it leaves as it is.

/** How a statement looks, and the names it brings in; null where they cannot be told, as with `*`. */
type Form = { readonly statement: RegExp; readonly names: (statement: string) => readonly string[] | null };

const OF_WORDS = /[\p{L}\p{N}_$]/u;
const CHARS_MAX = 300 * 1024;
/** Of a text; the first are looked at. */
const NAMES_MAX = 1000;
/** Markup may need it without a word. */
const JSX = 'React';

const SCRIPT: Form = {
  statement: /^(?:import[ \t][^'"();={\n]{0,300}?(?:\{[^{}'"();=]{0,4000}\}[ \t]*)?\bfrom[ \t]*['"][^'"\n]+['"]|(?:const|let|var)[ \t]+(?:[\w$]+|\{[^{}'"();=]{0,4000}\})[ \t]*=[ \t]*require\(['"][^'"\n]+['"]\))[ \t]*(?:;[ \t]*)?(?:\/\/[^\n]*)?\r?\n/gm,
  names: (statement) => {
    const brought = statement.startsWith('import') ? statement.slice('import'.length, statement.lastIndexOf('from', statement.search(/['"]/))) : statement.slice(statement.search(/\s/), statement.indexOf('='));
    return listed(brought.replace(/^\s*type\b(?!\s*(?:,|$))/, ''), /\s+as\s+|\s*:\s*/);
  },
};
const FORMS: readonly (readonly [RegExp, Form])[] = [
  [/\.(?:[cm]?[jt]s|[jt]sx|vue|svelte)$/, SCRIPT],
  [/\.pyi?$/, {
    statement: /^(?:from[ \t]+(?!__future__)[\w.]+[ \t]+import(?:[ \t]*\([^()]{1,4000}\)[ \t]*\r?|[^(\n\\;]+)|import[ \t][\w., \t]+\r?)\n/gm,
    names: (statement) => statement.startsWith('from') ? listed(statement.replace(/^from\s+\S+\s+import/, '').replaceAll(/#.*|[()]/g, ''), /\s+as\s+/) : listed(statement.replace(/^import/, ''), /\s+as\s+/, (name) => name.replace(/\..*/s, '')),
  }],
  [/\.(?:java|kt|kts|scala|groovy|gradle)$/, { statement: /^import[ \t]+(?:static[ \t]+)?[\w.]+\.\w+(?:[ \t]+as[ \t]+\w+)?[ \t]*(?:;[ \t]*)?\r?\n/gm, names: (statement) => [/(\w+)\s*;?\s*$/.exec(statement)?.[1] ?? ''] }],
  [/\.php$/, { statement: /^use[ \t]+[\w\\]+(?:[ \t]+as[ \t]+\w+)?;[ \t]*\r?\n/gm, names: (statement) => [/(\w+)\s*;\s*$/.exec(statement)?.[1] ?? ''] }],
  [/\.rs$/, { statement: /^[ \t]*use[ \t]+[\w:]+(?:::\{[\w\s,]*\}|[ \t]+as[ \t]+\w+)?;[ \t]*\r?\n/gm, names: (statement) => listed(/\{([^}]*)\}/.exec(statement)?.[1] ?? statement.replace(/^\s*use\s+/, '').replace(/;\s*$/, ''), /\s+as\s+|::/) }],
  [/\.go$/, { statement: /^\t(?:[A-Za-z]\w*[ \t]+)?"[\w./-]+"[ \t]*\r?\n/gm, names: (statement) => [/^\t(\w+)[ \t]/.exec(statement)?.[1] ?? packageIn(statement)] }],
];

/** The last word of each of `a, b as c, { d }`; null with a `*` that has no name. */
function listed(list: string, joint: RegExp, last: (name: string) => string = (name) => name): readonly string[] | null {
  const pieces = list.replaceAll(/[{}]/g, ',').split(',').map((piece) => piece.trim().replace(/^type\s+/, '')).filter((piece) => piece !== '');
  const names = pieces.map((piece) => last(piece.split(joint).at(-1) ?? ''));
  return names.every((name) => /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) ? names : null;
}

/** What Go most likely calls a package by its path. */
function packageIn(statement: string): string {
  return (/"([^"]+)"/.exec(statement)?.[1] ?? '').replace(/\/v\d+$/, '').replace(/^.*\//, '').replace(/\.v\d+$|^go-|-go$/g, '');
}

/** Takes a merged text; null where there is nothing to take out of it. `sides`: the texts it was merged from, read when an import is found idle. */
export function tidierFor(path: string, sides: readonly string[]): (text: string) => string | null {
  const form = FORMS.find(([of]) => of.test(path))?.[1];
  if (form === undefined || sides.some((side) => side.length > CHARS_MAX)) return () => null;
  let bodies: readonly string[] | null = null;
  const wasUsed = (name: string): boolean => (bodies ??= sides.map((side) => side.replaceAll(form.statement, ''))).some((body) => says(body, name));
  return (text) => {
    if (text.length > CHARS_MAX) return null;
    const body = text.replaceAll(form.statement, '');
    if (body.length === text.length) return null;
    let looked = 0;
    const isIdle = (name: string): boolean => name !== '' && name !== JSX && (looked += 1) <= NAMES_MAX && !says(body, name) && wasUsed(name);
    const tidy = text.replaceAll(form.statement, (statement) => {
      const names = form.names(statement) ?? [];
      const idle = names.filter(isIdle);
      if (idle.length === 0) return statement;
      return idle.length === names.length ? '' : idle.reduce(without, statement);
    });
    return tidy === text ? null : tidy;
  };
}

/** As a word of its own. */
function says(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) if (!OF_WORDS.test(text.charAt(at - 1)) && !OF_WORDS.test(text.charAt(at + name.length))) return true;
  return false;
}

/** One of several names, with the comma that parted it from the others, and its line where it had one. */
function without(statement: string, name: string): string {
  const piece = `(?:type[ \\t]+)?(?:[\\w$]+(?:[ \\t]+as[ \\t]+|[ \\t]*:[ \\t]*))?${name.replaceAll('$', '\\$')}(?![\\w$])`;
  const ways = [new RegExp(`^[ \\t]*${piece}[ \\t]*,?[ \\t]*\\r?\\n`, 'm'), new RegExp(`(?<![\\w$])${piece}[ \\t]*,[ \\t]*`), new RegExp(`[ \\t]*,[ \\t]*${piece}`), new RegExp(`(?<![\\w$])${piece}`)];
  const way = ways.find((one) => one.test(statement.slice(KEYWORD))) ?? null;
  return way === null ? statement : (statement.slice(0, KEYWORD) + statement.slice(KEYWORD).replace(way, '')).replace(/[ \t]*,[ \t]*\{[ \t]*\}/, '');
}

/** What is no name opens a statement: `use`, the shortest. */
const KEYWORD = 3;
