// The one comment of a question on a pull request, as it is asked and as it ends. Facts only; whatever a branch brought along is escaped.
import { thoughtLine, unheardWords } from '../consensus/minds.ts';
import type { Conflict, Hunk, PathConflict } from '../resolution/conflict.ts';
import { shortName, type Oid } from './branch.ts';
import type { Reviewers } from './code-owner.ts';
import { code, fenced, folded, prose, tailOf } from './markdown.ts';
import type { MergeRequest, Option, Question } from './request.ts';
import { sideWords } from './side-words.ts';
import { causeWords, count, dropWords, duration, keepWords } from './wording.ts';

/** GitHub takes 65,536 characters; the marker and its line come on top. */
export const QUESTION_CHARS_MAX = 60_000;
const SIDES_CHARS_MAX = 35_000;
const SIDE_LINES_SHOWN = 30;
const TAIL_LINES = 10;
const NAMES_SHOWN = 10;
const NAME_CHARS_MAX = 120;

/** `diffUrl`: where an option's diff is seen, null where nowhere. `asked`: who was requested, as GitHub accepted them; `refused`: whom it did not take. */
export type Asking = { readonly request: MergeRequest; readonly question: Question; readonly diffUrl: (option: Option) => string | null; readonly asked: Reviewers; readonly refused?: readonly string[] };

/** What became of the question so far. `letters` as in `ABB`. */
export type Fate =
  | { readonly kind: 'open' }
  | { readonly kind: 'answered'; readonly letters: string; readonly by: string }
  | { readonly kind: 'landed'; readonly letters: string; readonly by: string; readonly commit: Oid }
  /** `rollback`: null where nobody rolled it back, but the target was moved back past Maestro. */
  | { readonly kind: 'rolled-back'; readonly letters: string; readonly by: string; readonly commit: Oid; readonly rollback: string | null }
  | { readonly kind: 'not-landed'; readonly letters: string; readonly by: string; readonly why: string }
  | { readonly kind: 'overtaken' }                             // a newer push, or the target moved: it is asked anew where it still conflicts
  | { readonly kind: 'moved'; readonly pull: number }          // its pull request was closed: it is asked on another one
  | { readonly kind: 'cancelled'; readonly by: string };

export function questionText(asking: Asking, fate: Fate): string {
  const text = [headOf(asking, fate), fate.kind === 'open' ? openBody(asking) : folded('What was asked', whatIsAsked(asking).join('\n\n'))].join('\n\n');
  return text.slice(0, QUESTION_CHARS_MAX);
}

/** The one text that means to wake people up. Names come from the target's CODEOWNERS or config, where they were checked. */
export function reminderText({ users, teams }: Reviewers, questionUrl: string | null): string {
  const names = [...users, ...teams].map((name) => `@${name}`).join(', ');
  return `⏰ ${names === '' ? '' : `${names}: `}this branch still waits for [a decision](${questionUrl ?? '#'}). Everything else goes on meanwhile; nothing is guessed.`;
}

function headOf({ request }: Asking, fate: Fate): string {
  const who = (by: string): string => code(by, NAME_CHARS_MAX);
  switch (fate.kind) {
    case 'open': return '### 🤖 Human merge decision needed';
    case 'answered': return `### ⏳ ${who(fate.by)} answered ${fate.letters}\n\nIt is being merged and gated once more, on what ${code(shortName(request.target))} is by now.`;
    case 'landed': return `### ✅ ${who(fate.by)} answered ${fate.letters}: landed as ${code(fate.commit.slice(0, 12))}\n\nTo undo it, comment ${code(`/maestro rollback ${request.id}`)}.`;
    case 'rolled-back': return `### ↩️ ${who(fate.by)} answered ${fate.letters}: landed as ${code(fate.commit.slice(0, 12))}, and ${fate.rollback === null ? 'was taken off\n\nThe target was moved back past Maestro.' : `was rolled back\n\nBy ${code(fate.rollback)}.`} To land the same work again, comment ${code(`/maestro retry ${request.id}`)}.`;
    case 'not-landed': return `### ❌ ${who(fate.by)} answered ${fate.letters}: not landed\n\n${prose(fate.why)}`;
    case 'overtaken': return '### ↪️ Overtaken: what was asked about has changed\n\nAnswers to this question no longer count. Where the branch still conflicts, it is asked again.';
    case 'moved': return `### ↪️ Asked on #${fate.pull} now\n\nThis pull request no longer leads to ${code(shortName(request.target))}; answers count there.`;
    case 'cancelled': return `### 🚫 Cancelled by ${who(fate.by)}\n\nAnswers to this question no longer count.`;
  }
}

function openBody(asking: Asking): string {
  return [...whatIsAsked(asking), howToAnswer(asking), whoIsAsked(asking)].join('\n\n');
}

function whatIsAsked(asking: Asking): readonly string[] {
  const { request, question } = asking;
  const { partners, paths } = question.conflict;
  const others = [...new Set(partners.map((one) => code(one.branch === '' ? one.commit.slice(0, 12) : one.branch, NAME_CHARS_MAX)))].slice(0, NAMES_SHOWN).join(', ');
  return [
    `${code(shortName(request.branch))} into ${code(shortName(request.target))}${others === '' ? '' : ` conflicts with ${others}`}. Request ${code(request.id)}.`,
    ...sidesOf(asking),
    ...question.options.map((option) => optionText(option, asking)),
    ...roundsOf(question),
    ...(paths.length > 1 ? [`Each answer above takes one side in all ${paths.length} files; a mixed answer is merged and gated after you give it.`] : []),
  ];
}

const ROUNDS_CHARS_MAX = 6000;

/** The rounds of the minds, folded: what counts is above them. */
function roundsOf({ minds }: Question): readonly string[] {
  if (minds === undefined) return [];
  const unheard = unheardWords(minds);
  if (unheard.length > 0) return [`Nothing is proposed besides both sides: ${unheard.slice(0, NAMES_SHOWN).map((words) => prose(words)).join('; ')}.`];
  const lines = minds.files.flatMap(({ path, lines: said }) => [...(minds.files.length > 1 ? [path] : []), ...said]);
  return [folded(`What the minds said: ${thoughtLine(minds)}`, fenced(fitting(lines)))];
}

/** Cut between lines: a fence that is cut off would swallow all below. */
function fitting(lines: readonly string[]): readonly string[] {
  let room = ROUNDS_CHARS_MAX;
  const kept = lines.findIndex((line) => (room -= line.length + 1) < 0);
  return kept < 0 ? lines : [...lines.slice(0, kept), `(${count(lines.length - kept, 'more line')} cut)`];
}

/** Both sides of every place, as far as they fit; a last line says how much is not shown. */
function sidesOf({ request, question }: Asking): readonly string[] {
  const { paths, partners } = question.conflict;
  const names = { ours: `[A] ${shortName(request.target)}${partners[0] === undefined || partners[0].branch === '' ? '' : ` (${partners[0].branch})`}`, theirs: `[B] ${shortName(request.branch)}` };
  const shown: string[] = [];
  let room = SIDES_CHARS_MAX;
  let cutFiles = 0;
  let cutPlaces = 0;
  // Once something is left out all behind it is: no gap in the middle.
  const put = (block: string): boolean => {
    room = block.length <= room ? room - block.length : 0;
    if (room > 0) shown.push(block);
    return room > 0;
  };
  for (const [at, path] of paths.entries()) {
    if (!put(`${paths.length > 1 ? `${at + 1}. ` : ''}**File:** ${code(path.path)} (${path.kind}${path.hunks.length === 0 ? '' : `, ${count(path.hunks.length, 'place')}`})`)) cutFiles += 1;
    else for (const block of blocksOf(path, names)) if (!put(block)) cutPlaces += 1;
  }
  const cut = [...(cutPlaces > 0 ? [count(cutPlaces, 'place')] : []), ...(cutFiles > 0 ? [count(cutFiles, 'file')] : [])];
  return cut.length === 0 ? shown : [...shown, `_Cut here: ${cut.join(' and ')} more. The diffs below have them all._`];
}

type Names = { readonly ours: string; readonly theirs: string };

function blocksOf(path: PathConflict, names: Names): readonly string[] {
  return path.hunks.length === 0 ? [wholeSides(path, names)] : path.hunks.map((hunk) => bothSides(hunk, names));
}

function bothSides(hunk: Hunk, names: Names): string {
  return fenced([names.ours, ...numbered(hunk.ours, hunk.oursLine), names.theirs, ...numbered(hunk.theirs, hunk.theirsLine)]);
}

function numbered(lines: readonly string[], first: number): readonly string[] {
  if (lines.length === 0) return ['       (these lines are gone)'];
  const shown = lines.slice(0, SIDE_LINES_SHOWN).map((text, at) => `${String(first + at).padStart(5)}  ${text.replace(/\r?\n$/, '')}`);
  return lines.length > SIDE_LINES_SHOWN ? [...shown, `       (${count(lines.length - SIDE_LINES_SHOWN, 'more line')} cut)`] : shown;
}

function wholeSides(path: PathConflict, names: Names): string {
  return fenced([...(path.message === '' ? [] : [path.message]), `${names.ours}: ${sideWords(path, 'ours')}`, `${names.theirs}: ${sideWords(path, 'theirs')}`]);
}

function optionText(option: Option, { request, question, diffUrl }: Asking): string {
  const url = diffUrl(option);
  const keeps = keepWords(option);
  const drops = dropWords(option);
  const works = worksOf(option, request, question.conflict);
  return [
    `**[${option.letter}] ${prose(option.title, NAME_CHARS_MAX)}**${url === null ? '' : ` ([diff](<${url.replaceAll(/[<>\s]/g, '')}>))`}`,
    ...works.map((work) => `- ${work}`),
    ...(keeps === '' ? [] : [`- ➕ ${keeps}`]),
    ...(drops === '' ? [] : [`- ➖ ${drops}`]),
    ...(option.points?.pros ?? []).map((pro) => `- ➕ ${prose(pro)}`),
    ...(option.points?.cons ?? []).map((con) => `- ➖ ${prose(con)}`),
    `- ${gateLine(option)}`,
  ].join('\n') + evidenceOf(option);
}

/** Whose work it is, and the title its commit gave it. */
function worksOf({ letter }: Option, { title, author }: MergeRequest, { partners }: Conflict): readonly string[] {
  switch (letter) {
    case 'A': return partners.slice(0, NAMES_SHOWN).filter((one) => one.title !== '').map((one) => code(one.title, NAME_CHARS_MAX));
    case 'B': return [`${code(title, NAME_CHARS_MAX)}, by ${code(author.replace(/\s*<[^>]*>$/, ''), NAME_CHARS_MAX)}`];
    case 'C': case 'D': case 'E': case 'F': return [];
  }
}

function gateLine({ verdict }: Option): string {
  switch (verdict.kind) {
    case 'passed': return `✅ built and gated: passed in ${duration(verdict.ms)}`;
    case 'failed': return `❌ built and gated: FAILED (${causeWords(verdict)})`;
    case 'not-configured': return '⚠️ built; no gate configured, nothing was checked';
  }
}

function evidenceOf({ verdict }: Option): string {
  return verdict.kind === 'failed' && verdict.tail.trim() !== '' ? `\n\n${fenced(tailOf(verdict.tail, TAIL_LINES))}` : '';
}

// No line of it may read as an answer or a command itself: mails quote it, often without a mark.
function howToAnswer({ request, question }: Asking): string {
  const letters = question.options.map(({ letter }) => code(letter));
  const total = question.conflict.paths.length;
  const several = total === 1 ? '' : `, or ${total} letters, one for each file in this order, such as ${code(exampleOf(total))}`;
  return `**To answer**, comment a line that is nothing but ${letters.join(' or ')}${several}; or ${code('/maestro decide B')}; or, from elsewhere, ${code(`/maestro decide ${request.id} B`)}. It takes write permission; the first answer counts.`;
}

const EXAMPLE_LETTERS_MAX = 12;

function exampleOf(total: number): string {
  return total > EXAMPLE_LETTERS_MAX ? 'ABB...' : `A${'B'.repeat(total - 1)}`;
}

/** Named without a ping: the review request has told them. */
function whoIsAsked({ asked: { users, teams }, refused = [] }: Asking): string {
  const parts = [
    ...(users.length + teams.length === 0 ? [] : [`Asked: ${namesOf([...users, ...teams])}.`]),
    ...(refused.length === 0 ? [] : [`GitHub takes no request for a review by ${namesOf(refused)}: they may be unable to see this repository, or Maestro to see the team.`]),
  ];
  return parts.length === 0 ? 'Nobody in particular was asked: for these files neither `CODEOWNERS` nor `github: { owners }` in the config names anybody but the author.' : parts.join(' ');
}

function namesOf(names: readonly string[]): string {
  return names.slice(0, 2 * NAMES_SHOWN).map((name) => code(name, NAME_CHARS_MAX)).join(', ');
}
