// `maestro decide`: answers a question, with the letters given or by asking the person at the terminal.
import { parseAnswer } from '../consensus/answer.ts';
import { MaestroError } from '../error.ts';
import { questionMark } from '../merge/identity.ts';
import type { MergeRequest, Question } from '../merge/request.ts';
import type { Control } from '../port/control.ts';
import { printJson, type Call, type Verb } from './verb.ts';
import { openQuestions } from './inbox.ts';
import { whoAsks, withControl, withReadable, type Readable } from './reach.ts';
import { line, paint, type Line } from './render/line.ts';
import { chosenLines, lettersOf, markedQuestion, questionBox } from './render/question.ts';
import { nameOf } from './render/request.ts';
import { sidesOf } from './render/sides.ts';

const TRIES_MAX = 5;
const LETTERS = /^[ABC]+$/;
const NO_QUESTION = 'Nothing waits for an answer.';

export const decide: Verb = {
  args: [['[id]', 'a request id, the beginning of one, or a branch; may be left out when one question is open'], ['[answer]', 'A, B (or C where it is offered): one letter for everything, or one for each file in order (ABB)']],
  flags: [['--question <mark>', 'answer only this question: its mark stands in the box, in inbox and in explain']],
  notes: 'Without an answer, on a terminal: shows both sides of every conflicting place and asks. Elsewhere only shows them, without a coordinator too.\nA question that was answered or has changed since it was shown is refused (4); an answer given without a mark is for what is asked at that moment, and the output says what it chose.',
  run: (call) => hasAnswer(call) || (call.terminal.canAsk && !call.json) ? withControl(call, (control) => settle(call, control)) : withReadable(call, (source) => show(call, source)),
};

function hasAnswer(call: Call): boolean {
  return call.arg(1) !== null || LETTERS.test(call.arg(0) ?? '');
}

async function settle(call: Call, control: Control): Promise<number> {
  const { id, answer } = await read(call, control);
  if (answer === null || id === null) return askPerson(call, control, id);
  const { request } = await control.explain(id);
  const question = questionOf(request);
  const asked = call.value('question') ?? questionMark(question);
  if (asked !== questionMark(question)) throw new MaestroError('not-allowed', `${request.id} (${nameOf(request)}) asks something else by now: question ${questionMark(question)}`, { next: `maestro decide ${request.id}` });
  await record(call, control, { request, question, answer });
  return 0;
}

/** Where nobody can be asked: what there is to decide, to be answered by another call. */
async function show(call: Call, source: Readable): Promise<number> {
  const questions = await questionsOf(source, call.arg(0));
  if (call.json) printJson(call, { questions: questions.map(markedQuestion) });
  else if (questions.length === 0) call.terminal.out(NO_QUESTION);
  else call.terminal.out(paint(questions.flatMap((request) => bothSides(call, request, questionOf(request))), call.terminal.colour));
  return 0;
}

/** `decide A` means the one open question; `decide feature/x` means to be asked. */
async function read(call: Call, control: Control): Promise<{ readonly id: string | null; readonly answer: string | null }> {
  const [first, second] = [call.arg(0), call.arg(1)];
  if (first === null || second !== null || !LETTERS.test(first)) return { id: first, answer: second };
  const open = openQuestions(await control.status());
  const [only] = open;
  if (only === undefined) throw new MaestroError('not-allowed', 'no question is open', { next: 'maestro status' });
  if (open.length > 1) throw new MaestroError('usage', `${open.length} questions are open: say which one`, { next: `maestro decide ${only.id} ${first}` });
  return { id: only.id, answer: first };
}

type Given = { readonly request: MergeRequest; readonly question: Question; readonly answer: string };

/** The answer belongs to this question: it is refused where another one is asked by then. */
async function record(call: Call, control: Control, { request: { id }, question, answer }: Given): Promise<void> {
  const request = await control.decide(id, answer, whoAsks(call.repo), { question: questionMark(question) });
  const letters = answer.trim().toUpperCase();
  if (call.json) return printJson(call, request);
  call.terminal.out(paint([
    line('good', `✓ Decided ${letters} for ${nameOf(request)} (${request.id}). It is merged and gated, and lands if that is green; maestro explain ${request.id} tells how it went.`),
    ...chosenLines(question, letters),
  ], call.terminal.colour));
}

async function askPerson(call: Call, control: Control, id: string | null): Promise<number> {
  const questions = await questionsOf(control, id);
  if (questions.length === 0) call.terminal.out(NO_QUESTION);
  for (const request of questions) if (!(await askOne(call, control, request))) return 0;
  return 0;
}

async function questionsOf(source: Readable, id: string | null): Promise<readonly MergeRequest[]> {
  return id === null ? openQuestions(await source.status()) : [(await source.explain(id)).request];
}

function questionOf(request: MergeRequest): Question {
  if (request.phase.state !== 'escalated') throw new MaestroError('not-allowed', `${request.id} (${nameOf(request)}) is not waiting for an answer`, { next: `maestro explain ${request.id}` });
  return request.phase.question;
}

function bothSides({ terminal }: Call, request: MergeRequest, question: Question): readonly Line[] {
  return [...sidesOf(request, question.conflict, terminal.columns()), ...questionBox(request, question, terminal.columns())];
}

/** False when the person wants to stop. */
async function askOne(call: Call, control: Control, request: MergeRequest): Promise<boolean> {
  const question = questionOf(request);
  const { terminal } = call;
  terminal.out(paint(bothSides(call, request, question), terminal.colour));
  const paths = question.conflict.paths.length;
  const many = paths > 1 ? ` (one letter for all, or ${paths})` : '';
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const said = (await terminal.ask(`Choose [${lettersOf(question).join('/')}]${many}, Enter to leave it open: `))?.trim() ?? '';
    if (said === '' || said === 'q') return said === '' && tries === 0;
    const parsed = parseAnswer(said, paths, question.options.map((option) => option.letter));
    if (parsed.kind === 'choices') {
      await record(call, control, { request, question, answer: said });
      return true;
    }
    terminal.out(parsed.why);
  }
  return false;
}
