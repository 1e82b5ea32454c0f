// Lines for people: a tone and a text, so that what is said is decided without a terminal and coloured at the very end.
import { stripVTControlCharacters } from 'node:util';
import { printable } from '../../merge/branch.ts';

export type Tone = 'plain' | 'head' | 'good' | 'bad' | 'ask' | 'quiet';
export type Line = { readonly tone: Tone; readonly text: string };

const CODES: Readonly<Record<Tone, string | null>> = { plain: null, head: '1', good: '32', bad: '31', ask: '33', quiet: '2' };

export function line(tone: Tone, text: string): Line {
  return { tone, text };
}

export function paint(lines: readonly Line[], colour: boolean): string {
  return lines.map(({ tone, text }) => {
    const code = colour ? CODES[tone] : null;
    return code === null || text === '' ? text : `\u001b[${code}m${text}\u001b[0m`;
  }).join('\n');
}

/** The last lines of a log, made safe one by one. Its colours are dropped. */
export function tailLines(text: string, linesMax: number): readonly string[] {
  const lines = stripVTControlCharacters(text).trimEnd().split('\n').map((one) => one.trimEnd());
  return lines.slice(-linesMax).map((one) => printable(untabbed(one)));
}

export function untabbed(text: string): string {
  return text.replaceAll('\t', '    ');
}
