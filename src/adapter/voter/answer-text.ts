// An answer somewhere in what was said: agents and models put prose and Markdown around it.
import { answersPrompt } from './answer.ts';
import type { Prompt } from './prompt.ts';

/** Echoed code is full of braces: what is bounded is the reading, not their number. */
const READ_CHARS_MAX = 16 * 1024 * 1024;

/** The first JSON object that answers this prompt, bare, in prose or in a Markdown fence; null when there is none. */
export function answerIn(text: string, prompt: Prompt): unknown {
  let read = 0;
  for (let at = text.indexOf('{'); at >= 0 && read < READ_CHARS_MAX; at = text.indexOf('{', at + 1)) {
    const end = closeOf(text, at);
    read += (end ?? text.length) - at;
    const value = end === null ? null : parsed(text.slice(at, end));
    if (answersPrompt(value, prompt)) return value;
  }
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Behind the brace that closes the one at `from`; braces within strings do not count. */
function closeOf(text: string, from: number): number | null {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (quoted && c === '\\') at += 1;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && c === '{') depth += 1;
    else if (!quoted && c === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return null;
}
