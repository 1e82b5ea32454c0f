// `maestro decide`: answers a question, with the letters given or by asking the person at the terminal.
import { parseAnswer } from '../consensus/answer.ts';
import { MaestroError } from '../error.ts';
import type { MergeRequest } from '../merge/request.ts';
import type { Control } from '../port/control.ts';
import { printJson, type Call, type Verb } from './verb.ts';
import { openQuestions } from './inbox.ts';
import { whoAsks, withControl } from './reach.ts';
import { line, paint } from './render/line.ts';
import { lettersOf, questionBox } from './render/question.ts';
import { nameOf } from './render/request.ts';
import { sidesOf } from './render/sides.ts';

const TRIES_MAX = 5;

export const decide: Verb = {
  args: [['[id]', 'a request id, the beginning of one, or a branch; may be left out when one question is open'], ['[answer]', 'A, B (or C where it is offered): one letter for everything, or one for each file in order (ABB)']],
  flags: [],
  notes: 'Without an answer, on a terminal: shows both sides of every conflicting place and asks. Elsewhere that is wrong usage (2).\nA question that was answered or has changed in the meantime is refused (4).',
  run: (call) => withControl(call, async (control) => {
    const { id, answer } = await read(call, control);
    if (answer !== null && id !== null) return record(call, control, id, answer);
    if (!call.terminal.canAsk || call.json) throw new MaestroError('usage', 'an answer is missing, and nobody can be asked here', { next: `maestro decide ${id ?? '<id>'} A|B` });
    return askPerson(call, control, id);
  }),
};

/** `decide A` means the one open question; `decide feature/x` means to be asked. */
async function read(call: Call, control: Control): Promise<{ readonly id: string | null; readonly answer: string | null }> {
  const [first, second] = [call.arg(0), call.arg(1)];
  if (first === null || second !== null || !/^[ABC]+$/.test(first)) return { id: first, answer: second };
  const open = openQuestions(await control.status());
  const [only] = open;
  if (only === undefined) throw new MaestroError('not-allowed', 'no question is open', { next: 'maestro status' });
  if (open.length > 1) throw new MaestroError('usage', `${open.length} questions are open: say which one`, { next: `maestro decide ${only.id} ${first}` });
  return { id: only.id, answer: first };
}

async function record(call: Call, control: Control, id: string, answer: string): Promise<number> {
  const request = await control.decide(id, answer, whoAsks(call.repo));
  if (request.phase.state === 'escalated') throw new MaestroError('not-allowed', `the question of ${request.id} changed while you answered`, { retryable: true, next: `maestro decide ${request.id}` });
  if (call.json) printJson(call, request);
  else call.terminal.out(paint([line('good', `✓ Decided ${answer.trim().toUpperCase()} for ${nameOf(request)} (${request.id}). Maestro lands it now; maestro explain ${request.id} tells how it went.`)], call.terminal.colour));
  return 0;
}

async function askPerson(call: Call, control: Control, id: string | null): Promise<number> {
  const questions = id === null ? openQuestions(await control.status()) : [(await control.explain(id)).request];
  if (questions.length === 0) call.terminal.out('Nothing waits for an answer.');
  for (const request of questions) if (!(await askOne(call, control, request))) return 0;
  return 0;
}

/** False when the person wants to stop. */
async function askOne(call: Call, control: Control, request: MergeRequest): Promise<boolean> {
  const { phase } = request;
  if (phase.state !== 'escalated') throw new MaestroError('not-allowed', `${request.id} (${nameOf(request)}) is not waiting for an answer`, { next: `maestro explain ${request.id}` });
  const { question } = phase;
  const { terminal } = call;
  terminal.out(paint([...sidesOf(request, question.conflict, terminal.columns()), ...questionBox(request, question, terminal.columns())], terminal.colour));
  const paths = question.conflict.paths.length;
  const many = paths > 1 ? ` (one letter for all, or ${paths})` : '';
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const said = (await terminal.ask(`Choose [${lettersOf(question).join('/')}]${many}, Enter to leave it open: `))?.trim() ?? '';
    if (said === '' || said === 'q') return said === '' && tries === 0;
    const parsed = parseAnswer(said, paths, question.options.map((option) => option.letter));
    if (parsed.kind === 'choices') {
      await record(call, control, request.id, said);
      return true;
    }
    terminal.out(parsed.why);
  }
  return false;
}
