// Whether a text is JSON, strictly, and whether it says one thing twice.

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Keys that an object of the text has more than once, each as often as it is too many: parsers take the last and say nothing. The text is JSON. */
export function repeatedKeys(text: string): readonly string[] {
  const repeated: string[] = [];
  const open: Set<string>[] = [];
  for (const [token, key] of text.matchAll(KEY_OR_BRACKET)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    if (key === undefined) continue;
    const known = open.at(-1);
    if (known?.has(key) === true) repeated.push(key);
    known?.add(key);
  }
  return repeated;
}

/** A string is a key where a colon follows; others are passed over whole, with what stands in them. */
const KEY_OR_BRACKET = /[[\]{}]|("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"/g;
