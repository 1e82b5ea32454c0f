// Reads a call that is plainly right: loading the parser takes longer than most verbs do. Whatever else is asked, help and mistakes too, is the parser's.
import type { Terminal } from './terminal.ts';
import { callOf, type Call, type Verb } from './verb.ts';
import { COMMON_FLAGS, VERBS } from './verbs.ts';

/** Null: not plain, nothing was done. */
export async function runPlainly([name, ...words]: readonly string[], terminal: Terminal): Promise<number | null> {
  const verb = await VERBS.find((entry) => entry.name === name)?.load();
  const call = verb === undefined ? null : readCall(verb, words, terminal);
  return verb === undefined || call === null ? null : verb.run(call);
}

/** Flags in full, each value a word of its own, as many arguments as the verb takes. */
export function readCall(verb: Verb, words: readonly string[], terminal: Terminal): Call | null {
  const flags = new Map([...COMMON_FLAGS, ...verb.flags].map(([notation]) => [notation.split(' ', 1)[0] ?? '', notation.includes(' ')]));
  if ([...flags.keys()].some((flag) => flag.startsWith('--no-')) || verb.args.some(([notation]) => notation.includes('...'))) return null;
  const args: string[] = [];
  const given = new Map<string, string | true>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const takesValue = flags.get(word);
    const value = takesValue === true ? words[at += 1] : true;
    if (word.startsWith('-') ? takesValue === undefined || value === undefined || String(value).startsWith('-') : takesValue !== undefined) return null;
    if (takesValue === undefined) args.push(word);
    else given.set(keyOf(word), value ?? true);
  }
  if (args.length > verb.args.length || args.length < verb.args.filter(([notation]) => notation.startsWith('<')).length) return null;
  return callOf(args, Object.fromEntries(given), terminal);
}

/** `--dry-run` is asked for as `dryRun`. */
function keyOf(flag: string): string {
  return flag.slice(2).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
