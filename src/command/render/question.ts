// The question put to a person, in the seeds' box: what conflicts, each way out with what speaks for and against it. Facts only.
import { unheardWords } from '../../consensus/minds.ts';
import { printable, shortName } from '../../merge/branch.ts';
import { questionMark } from '../../merge/identity.ts';
import type { MergeRequest, Option, Question } from '../../merge/request.ts';
import { causeWords, count, dropWords, keepWords, verdictWords } from '../../merge/wording.ts';
import type { Partner, PathConflict } from '../../resolution/conflict.ts';
import { line, tailLines, untabbed, type Line } from './line.ts';
import { nameOf } from './request.ts';
import { fit, widthOf, wrap } from './width.ts';

const BOX_WIDTH_MIN = 44;
const BOX_WIDTH_MAX = 84;
const PATHS_SHOWN = 12;
const TAIL_LINES = 3;
const HUNKS_SHOWN = 3;
const HUNK_LINE_CHARS_MAX = 60;

/** The box for an escalated request. */
export function questionBox(request: MergeRequest, question: Question, columns: number): readonly Line[] {
  const inner = Math.min(BOX_WIDTH_MAX, Math.max(BOX_WIDTH_MIN, columns)) - 4;
  const title = '🤖 HUMAN MERGE DECISION NEEDED';
  const left = Math.floor((inner - widthOf(title)) / 2);
  const rows = [...aboutRows(request, question), ...question.options.flatMap((option) => ['', ...optionRows(option, request, question)]), '', `Answer: ${answerCommand(request, question)}${question.conflict.paths.length > 1 ? ` (or ${question.conflict.paths.length} letters, one for each file)` : ''}`];
  const body = rows.flatMap((row) => wrap(row, inner, ' '.repeat(row.length - row.trimStart().length + (/^ *[+-] /.test(row) ? 2 : 0))));
  return [
    line('ask', `╔${'═'.repeat(inner + 2)}╗`),
    line('ask', `║ ${fit(' '.repeat(Math.max(0, left)) + title, inner)} ║`),
    line('ask', `╠${'═'.repeat(inner + 2)}╣`),
    ...body.map((row) => line('ask', `║ ${fit(row, inner)} ║`)),
    line('ask', `╚${'═'.repeat(inner + 2)}╝`),
  ];
}

export function lettersOf(question: Question): readonly string[] {
  return question.options.map((option) => option.letter);
}

/** The command that answers this question and no later one. */
export function answerCommand({ id }: MergeRequest, question: Question): string {
  return `maestro decide ${id} ${lettersOf(question).join('|')} --question ${questionMark(question)}`;
}

/** What the letters of an answer took, one line each; `letters` as in `A` or `ABB`. */
export function chosenLines(question: Question, letters: string): readonly Line[] {
  const files = question.conflict.paths.map(({ path }) => printable(path));
  return question.options.filter(({ letter }) => letters.includes(letter)).map(({ letter, title, verdict }) => {
    // Of different letters for different files the gate has said nothing yet.
    const red = verdict.kind === 'failed' && new Set(letters).size === 1 ? `; its ${verdictWords(verdict)}: red again, it is rejected` : '';
    const where = letters.length === 1 ? files : files.filter((_, at) => letters[at] === letter);
    const more = where.length > PATHS_SHOWN ? ` and ${where.length - PATHS_SHOWN} more` : '';
    return line('plain', `  question ${questionMark(question)}: [${letter}] ${printable(title)}, in ${where.slice(0, PATHS_SHOWN).join(', ')}${more}${red}`);
  });
}

/** For `--json`: an open question with its mark beside it. */
export function markedQuestion(request: MergeRequest): object {
  const { phase } = request;
  return phase.state === 'escalated' ? { ...request, phase: { ...phase, question: { ...phase.question, mark: questionMark(phase.question) } } } : request;
}

/** `with feature/x`: who the other side is, as far as it is known. */
export function partnerWords(partners: readonly Partner[]): string {
  const names = partners.map((partner) => partner.branch === '' ? `commit ${partner.commit.slice(0, 10)}` : partner.branch);
  return [...new Set(names)].map((name) => printable(name)).join(', ');
}

function aboutRows(request: MergeRequest, { conflict, minds }: Question): readonly string[] {
  const partners = partnerWords(conflict.partners);
  const files = conflict.paths.slice(0, PATHS_SHOWN).flatMap((path) => {
    const hunks = path.hunks.length === 0 ? '' : `, ${count(path.hunks.length, 'place')}`;
    return [`File: ${printable(path.path)} (${path.kind}${hunks})`, ...hunkRows(path).map((row) => `  ${row}`)];
  });
  return [
    `${nameOf(request)} into ${printable(shortName(request.target))}, request ${request.id}`,
    ...(partners === '' ? [] : [`conflicts with ${partners}`]),
    '',
    ...files,
    ...(conflict.paths.length > PATHS_SHOWN ? [`and ${conflict.paths.length - PATHS_SHOWN} more files`] : []),
    ...(minds === undefined ? [] : unheardWords(minds)).slice(0, PATHS_SHOWN).map((words) => `nothing is proposed: ${printable(words)}`),
  ];
}

/** Where the sides part: `line 9: <first line of A> | <first line of B>`. */
export function hunkRows({ hunks }: PathConflict): readonly string[] {
  const first = (lines: readonly string[]): string => printable(untabbed(lines.find((text) => text.trim() !== '')?.trim() ?? '(nothing)'), HUNK_LINE_CHARS_MAX);
  const shown = hunks.slice(0, HUNKS_SHOWN).map((hunk) => `line ${hunk.oursLine}: ${first(hunk.ours)} | ${first(hunk.theirs)}`);
  return hunks.length > HUNKS_SHOWN ? [...shown, `and ${count(hunks.length - HUNKS_SHOWN, 'more place')}`] : shown;
}

function optionRows(option: Option, request: MergeRequest, question: Question): readonly string[] {
  return [
    `[${option.letter}] ${printable(option.title)}`,
    ...workRows(option, request, question).map((text) => `    ${text}`),
    ...pros(option).map((text) => `    + ${text}`),
    ...cons(option).map((text) => `    - ${text}`),
  ];
}

/** Whose work it is: the title its commit gave it. */
function workRows(option: Option, request: MergeRequest, { conflict }: Question): readonly string[] {
  const mine = `${printable(request.title, 120)}, by ${printable(request.author, 80)}`;
  const other = conflict.partners[0];
  switch (option.letter) {
    case 'A': return other === undefined || other.title === '' ? [] : [printable(other.title, 120)];
    case 'B': return [mine];
    case 'C': case 'D': case 'E': case 'F': return [];
  }
}

function pros(option: Option): readonly string[] {
  const keeps = keepWords(option);
  return [...(keeps === '' ? [] : [`Pros: ${keeps}`]), ...(option.verdict.kind === 'passed' ? [verdictWords(option.verdict)] : []), ...(option.points?.pros ?? []).map((text) => printable(text, 200))];
}

function cons(option: Option): readonly string[] {
  const drops = dropWords(option);
  const [first, ...more] = [...(drops === '' ? [] : [drops]), ...(option.points?.cons ?? []).map((text) => printable(text, 200))];
  return [...(first === undefined ? [] : [`Cons: ${first}`, ...more]), ...gateCons(option)];
}

function gateCons({ verdict }: Option): readonly string[] {
  switch (verdict.kind) {
    case 'passed': return [];
    case 'not-configured': return ['no gate configured: nothing was checked'];
    case 'failed': return [`gate FAILED (${causeWords(verdict)})`, ...tailLines(verdict.tail, TAIL_LINES).filter((text) => text !== '').map((text) => `| ${text}`)];
  }
}
