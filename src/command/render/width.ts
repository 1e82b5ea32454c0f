// How wide text stands on a terminal, cutting and wrapping by that. Knows only characters.

// Wide: East Asian scripts and emoji. Near enough for alignment; a terminal has the last word.
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /\p{Mn}|\p{Me}/u;

export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += NO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** Exactly `width` wide: padded, or cut with an ellipsis. */
export function fit(text: string, width: number): string {
  const short = cut(text, width);
  return short + ' '.repeat(Math.max(0, width - widthOf(short)));
}

export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let taken = '';
  let used = 0;
  for (const char of text) {
    used += widthOf(char);
    if (used > width - 1) break;
    taken += char;
  }
  return `${taken}…`;
}

/** At spaces where there are any; a longer word is broken. `hang` starts every line but the first. */
export function wrap(text: string, width: number, hang = ''): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(/(?<= )/)) {
    if (current.trim() !== '' && widthOf(current + word.trimEnd()) > width) {
      lines.push(current.trimEnd());
      current = hang;
    }
    current += word;
    while (widthOf(current.trimEnd()) > width) {
      const [head, rest] = split(current, width);
      lines.push(head);
      current = hang + rest;
    }
  }
  return [...lines, current.trimEnd()];
}

function split(text: string, width: number): readonly [string, string] {
  const chars = Array.from(text);
  let used = 0;
  const at = chars.findIndex((char) => (used += widthOf(char)) > width);
  return [chars.slice(0, at).join(''), chars.slice(at).join('')];
}
