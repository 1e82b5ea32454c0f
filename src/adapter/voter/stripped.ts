// The same question without comments, texts in quotes and stated intents: what is left when nobody can talk to the voter.
import type { OptionId } from '../../consensus/ballot.ts';
import type { VoterHunk, VoterQuestion } from '../../port/voter.ts';

/** `textOf`: what is left of each option of the whole question; those that now read alike stand in `question` once. */
export type Stripped = { readonly question: VoterQuestion; readonly textOf: ReadonlyMap<OptionId, string> };

/** Null where there is no second look: the language is not known, it is prose, or nothing is left to choose between. */
export function stripped(question: VoterQuestion): Stripped | null {
  const extension = extensionOf(question.path);
  const quiet = quietOf(extension);
  if (quiet === null) return null;
  const options = question.options.map((option) => ({ id: option.id, text: quiet(option.text), facts: option.facts.map(withoutQuotes) }));
  const different = options.filter((option, at) => options.findIndex((other) => other.text === option.text) === at);
  if (different.length < 2) return null;
  // What is said of an option that reads like another is said of that one.
  const twin = new Map(options.map((option) => [option.id, different.find((other) => other.text === option.text)?.id ?? option.id]));
  const evidence = question.evidence.map((sentence) => withoutQuotes(sentence).replaceAll(/\bo\d{1,3}\b/g, (id) => twin.get(id) ?? id));
  const hunks = question.hunks.map((hunk): VoterHunk => ({ context: quiet(hunk.context), base: quiet(hunk.base), left: quiet(hunk.left), right: quiet(hunk.right) }));
  return {
    question: { ...question, path: `file.${extension}`, hunks, intents: { left: '', right: '' }, options: different, evidence },
    textOf: new Map(options.map((option) => [option.id, option.text])),
  };
}

function withoutQuotes(fact: string): string {
  return fact.replace(/`[\s\S]*`/, '``');
}

function extensionOf(path: string): string {
  return /\.([A-Za-z0-9]{1,12})$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

type Quiet = (text: string) => string;

// Unclosed quotes are left alone (an apostrophe, a lifetime); unclosed comments reach to the end, as for a compiler.
const SLASH = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`/g;
// A lifetime is no text: only one character, or one escape, stands between single quotes.
const RUST = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\\n]|\\[^'\n]{1,10})'/g;
const HASH = /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
const SLASH_LANGUAGES = ['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'java', 'go', 'c', 'h', 'cc', 'cpp', 'hpp', 'cs', 'kt', 'swift', 'scala', 'php', 'css', 'scss', 'less'];
const HASH_LANGUAGES = ['py', 'rb', 'sh', 'bash', 'yml', 'yaml', 'toml'];

function quietOf(extension: string): Quiet | null {
  const said = extension === 'rs' ? RUST : SLASH_LANGUAGES.includes(extension) ? SLASH : HASH_LANGUAGES.includes(extension) ? HASH : null;
  if (said === null) return null;
  return (text) => text.replace(said, (match) => /^["'`]/.test(match) ? '""' : '').split('\n').filter((line, at, all) => line.trim() !== '' || at === all.length - 1).join('\n');
}
