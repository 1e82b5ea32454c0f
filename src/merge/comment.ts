// What a pull-request comment asks of Maestro: an answer, a command, or nothing. Reads text only; whether its author may is decided elsewhere.
import { parseAnswer, type Letter } from '../consensus/answer.ts';
import { parseBranch } from './branch.ts';
import { isIndented } from './near-miss.ts';
import { editDistance, isNearly } from './spelling.ts';
import { visibleLines } from './visible.ts';

/** GitHub takes no longer comment; a longer one is not read at all, since it would be cut somewhere. */
export const COMMENT_CHARS_MAX = 64 * 1024;
const LINE_CHARS_MAX = 1000;
const WORD_CHARS_MAX = 32;
const HINT_CHARS_MAX = 40;

const VERBS = ['decide', 'status', 'explain', 'retry', 'cancel', 'pause', 'resume', 'promote', 'rollback', 'help'] as const;
export type CommentVerb = (typeof VERBS)[number];

/** `speaker`: a person or an allowed bot is a person; Maestro itself, other bots and agents' accounts are machines. `edit`: its text was changed later. */
export type Comment = { readonly body: string; readonly speaker: 'person' | 'machine'; readonly edit: boolean };

/** The question that is open on the comment's pull request; a bare letter counts only where there is one. */
export type OpenQuestion = { readonly id: string; readonly conflictCount: number; readonly offered: readonly Letter[] };

/** `of`: a request id, the beginning of one, or a branch, as written; null means the pull request's own. `target` null: every lane. */
export type CommentCommand =
  | { readonly verb: 'status' | 'help' }
  | { readonly verb: 'explain' | 'retry' | 'cancel'; readonly of: string | null }
  | { readonly verb: 'pause' | 'resume'; readonly target: string | null }
  | { readonly verb: 'promote'; readonly branch: string }
  | { readonly verb: 'rollback'; readonly of: string; readonly dryRun: boolean };

export type Asked =
  | { readonly kind: 'none' }
  /** `letters` is what Control.decide takes; checked against the open question where it is about that one. */
  | { readonly kind: 'answer'; readonly of: string | null; readonly letters: string }
  | { readonly kind: 'command'; readonly command: CommentCommand }
  /** `word` is as written: escape it before showing. */
  | { readonly kind: 'unknown'; readonly word: string; readonly nearest: CommentVerb | null }
  | { readonly kind: 'unclear'; readonly why: string };

const NONE: Asked = { kind: 'none' };

/** At most one thing a comment: where it says two, nothing is done rather than the half of it. */
export function readComment({ body, speaker, edit }: Comment, question: OpenQuestion | null): Asked {
  if (speaker === 'machine' || body.length > COMMENT_CHARS_MAX) return NONE;
  const asked = askedIn(body, question);
  return edit && asked.kind !== 'none' ? unclear('an edited comment changes nothing; write a new one') : asked;
}

function askedIn(body: string, question: OpenQuestion | null): Asked {
  const { own, afterQuote } = spokenLines(body);
  const said = statementsIn(own, question);
  const [only] = said;
  if (said.length > 1) return unclear(said.every((one) => one.kind === 'answer') ? 'it gives different answers; give one' : 'it asks for several things; ask for one in a comment');
  if (only !== undefined) return only;
  if (statementsIn(afterQuote, question).length > 0) return unclear('it stands right below a quote and counts as a part of it; leave an empty line between them');
  return question === null ? NONE : hintOn(own, question);
}

function statementsIn(lines: readonly string[], question: OpenQuestion | null): readonly Asked[] {
  const said = new Map<string, Asked>();
  for (const line of lines) {
    const one = statementIn(line, question);
    if (one !== null) said.set(JSON.stringify(one), one);
    if (said.size > 1) break;   // two are one too many, whatever follows
  }
  return [...said.values()];
}

// An e-mail's signature, and what Outlook puts above an original that it does not quote.
const END = /^(?:--|-{2,} ?original message ?-{2,}|_{20,})$/i;

/** What its author says, trimmed: no code, no HTML comment, no quote, nothing below a signature. */
function spokenLines(body: string): { readonly own: readonly string[]; readonly afterQuote: readonly string[] } {
  const own: string[] = [];
  const afterQuote: string[] = [];
  let quoted = false;
  for (const line of withoutInlineComments(visibleLines(body.split(/\r\n|\r|\n/)).lines)) {
    const text = line.trim();
    if (END.test(text)) break;
    if (text === '') quoted = false;
    else if (text.startsWith('>')) quoted = true;
    else if (!isIndented(line)) (quoted ? afterQuote : own).push(text);
  }
  return { own, afterQuote };
}

/** A comment that opens within a line hides what is below it, up to its end or the end of the paragraph. */
function withoutInlineComments(lines: readonly string[]): readonly string[] {
  let hidden = false;
  return lines.map((line) => {
    const isHidden = hidden;
    const closes = line.lastIndexOf('-->');
    hidden = line.trim() !== '' && (line.lastIndexOf('<!--') > closes || (isHidden && closes === -1));
    return isHidden ? '' : line;
  });
}

function statementIn(text: string, question: OpenQuestion | null): Asked | null {
  const line = text.replaceAll('\u00a0', ' ');
  if (line.length > LINE_CHARS_MAX) return /^\/maestro\s/i.test(line) ? unclear(`the line is longer than ${LINE_CHARS_MAX} characters`) : null;
  const shown = PLAIN.test(line) ? line : asSeen(line);
  const meant = commandIn(shown, question) ?? bareAnswerIn(shown, question);
  return meant === null || shown === line ? meant : unclear('it holds invisible or look-alike characters; type it anew');
}

const PLAIN = /^[\t\x20-\x7e]*$/;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Mn}]/gu;
const LOOK_ALIKES = new Map([['А', 'A'], ['В', 'B'], ['С', 'C'], ['а', 'a'], ['с', 'c'], ['Α', 'A'], ['Β', 'B']]);

/** What a reader takes it for, who sees neither invisible characters nor which script a letter is of. */
function asSeen(line: string): string {
  return line.normalize('NFKC').replaceAll(INVISIBLE, (char) => (char === '\t' ? char : '')).replaceAll(/[АВСасΑΒ]/g, (char) => LOOK_ALIKES.get(char) ?? char);
}

function commandIn(line: string, question: OpenQuestion | null): Asked | null {
  if (!line.startsWith('/')) return null;
  const [head = '', word = 'help', ...rest] = line.split(/\s+/);
  if (head.toLowerCase() !== '/maestro') return null;
  const verb = VERBS.find((one) => one === word.toLowerCase());
  if (verb === undefined) return { kind: 'unknown', word: word.slice(0, WORD_CHARS_MAX), nearest: nearestVerb(word.slice(0, WORD_CHARS_MAX).toLowerCase()) };
  if (verb === 'decide') return decisionIn(rest, question);
  const names = rest.filter((one) => one !== '--dry-run');
  const dryRun = names.length < rest.length;
  const [name = null] = names;
  if (name !== null && !parseBranch(name).ok) return unclear('what follows the command is neither a request id nor a branch');
  if (names.length > 1 || (dryRun && verb !== 'rollback')) return unclear(`too many words after ${verb}; write ${formsOf(verb)}`);
  const command = commandOf(verb, name, dryRun);
  return command === null ? unclear(`write ${formsOf(verb)}`) : { kind: 'command', command };
}

/** Null where a name is missing, or given to a verb that takes none. */
function commandOf(verb: Exclude<CommentVerb, 'decide'>, name: string | null, dryRun: boolean): CommentCommand | null {
  switch (verb) {
    case 'status': case 'help': return name === null ? { verb } : null;
    case 'explain': case 'retry': case 'cancel': return { verb, of: name };
    case 'pause': case 'resume': return { verb, target: name };
    case 'promote': return name === null ? null : { verb, branch: name };
    case 'rollback': return name === null ? null : { verb, of: name, dryRun };
  }
}

/** How a verb is written, for help and advice. */
export function formsOf(verb: CommentVerb): string {
  switch (verb) {
    case 'decide': return '`/maestro decide B`, or `/maestro decide ID ABB` with one letter for each conflict';
    case 'status': case 'help': return `\`/maestro ${verb}\``;
    case 'explain': case 'retry': case 'cancel': return `\`/maestro ${verb}\`, or \`/maestro ${verb} ID\``;
    case 'pause': case 'resume': return `\`/maestro ${verb}\`, or \`/maestro ${verb} TARGET\``;
    case 'promote': return '`/maestro promote BRANCH`';
    case 'rollback': return '`/maestro rollback ID`, or `/maestro rollback ID --dry-run`';
  }
}

function nearestVerb(word: string): CommentVerb | null {
  return VERBS.filter((verb) => isNearly(word, verb)).toSorted((a, b) => editDistance(word, a) - editDistance(word, b))[0] ?? null;
}

/** `B`, `ABB`, `A B B`, or any of these after an id. */
function decisionIn(words: readonly string[], question: OpenQuestion | null): Asked {
  const [first, ...rest] = words;
  if (first === undefined) return unclear(`write ${formsOf('decide')}`);
  const isOnlyLetters = words.length === 1 || words.every((word) => lettersIn(word)?.length === 1);
  if (!isOnlyLetters && !parseBranch(first).ok) return unclear(`write ${formsOf('decide')}`);
  const letters = lettersIn((isOnlyLetters ? words : rest).join(''));
  return letters === null ? unclear(`write ${formsOf('decide')}`) : answer(isOnlyLetters ? null : first, letters, question);
}

function bareAnswerIn(line: string, question: OpenQuestion | null): Asked | null {
  const letters = question === null ? null : lettersIn(line);
  return letters === null ? null : answer(null, letters, question);
}

/** Letters of options and nothing else, but for how people set them off: `[B]`, `**B**`, `b.`, `A, B, B`. */
function lettersIn(text: string): string | null {
  const letters = text.replaceAll(/[\s[\](){}*_`"'.,;!]/g, '').toUpperCase();
  return /^[ABC]+$/.test(letters) ? letters : null;
}

function answer(of: string | null, letters: string, question: OpenQuestion | null): Asked {
  if (question !== null && (of === null || question.id.startsWith(of))) {
    const parsed = parseAnswer(letters, question.conflictCount, question.offered);
    return parsed.kind === 'unclear' ? parsed : { kind: 'answer', of, letters };
  }
  return of === null ? unclear('no question is open on this pull request; name one: `/maestro decide ID B`') : { kind: 'answer', of, letters };
}

// "B please", "I choose B", "[A] it is": probably meant, but "A" is also an article and "plan B" a phrase.
const NEARLY = /\[([ABC])\]|\b([ABC])[\s.!]*$|^([ABC]),? (?:please|thanks|it|is|looks)\b/;

function hintOn(lines: readonly string[], question: OpenQuestion): Asked {
  const [line = ''] = lines;
  if (lines.length !== 1 || line.length > HINT_CHARS_MAX) return NONE;
  const letter = NEARLY.exec(line)?.slice(1).find((one) => one !== undefined);
  return question.offered.some((one) => one === letter) ? unclear(`if that is your answer, write a line with nothing but ${letter}`) : NONE;
}

function unclear(why: string): Asked {
  return { kind: 'unclear', why };
}
