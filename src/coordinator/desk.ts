// One request's conversation on the forge: its question on the pull request of its branch, who is asked, what came of it, whose homework it is.
import { reviewersOf, parseCodeOwners, OWNERS_FILE_CHARS_MAX, type CodeOwners } from '../merge/code-owner.ts';
import { questionMark } from '../merge/identity.ts';
import type { Lane } from '../merge/lane.ts';
import { shortName, type Oid, parseBranch } from '../merge/branch.ts';
import type { Policy } from '../merge/policy.ts';
import { questionText, reminderText, type Asking, type Fate } from '../merge/question-text.ts';
import { adviceOn } from '../merge/reason.ts';
import { taskText } from '../merge/reply.ts';
import type { MergeRequest, Option, Question, RefactorTask } from '../merge/request.ts';
import type { Clock } from '../port/clock.ts';
import type { Forge, Pull } from '../port/forge.ts';
import type { Git } from '../port/git.ts';
import type { Store } from '../port/store.ts';
import { begun, digestOf, type Memo } from './memo.ts';

export type PresencePorts = { readonly forge: Forge; readonly git: Pick<Git, 'file' | 'publish'>; readonly store: Pick<Store, 'history'>; readonly clock: Clock };

/** Read when it is needed: it may change. */
export type DeskPolicy = { readonly routing: Pick<Policy, 'github'> };

type Keep = (memo: Memo) => Promise<Memo>;
type Talk = { readonly request: MergeRequest; readonly lane: Lane; readonly keep: Keep };

export const REMIND_MS = 24 * 3_600_000;
const REMINDERS_MAX = 3;
const OWNERS_FILES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

export class Desk {
  readonly #policy: DeskPolicy;
  readonly #ports: PresencePorts;

  constructor(policy: DeskPolicy, ports: PresencePorts) {
    this.#policy = policy;
    this.#ports = ports;
  }

  /** Brings the conversation up to where the request is; answers with what is shown then. */
  async attend(request: MergeRequest, lane: Lane, memo: Memo, keep: Keep): Promise<Memo> {
    const talk = { request, lane, keep };
    if (request.phase.state === 'escalated') return this.#ask(request.phase.question, memo, talk);
    const told = memo.comment.kind === 'never' ? memo : await this.#conclude(memo, talk);
    return this.#handOut(told, talk);
  }

  async #ask(question: Question, memo: Memo, talk: Talk): Promise<Memo> {
    const { forge } = this.#ports;
    const { request, lane, keep } = talk;
    const mark = questionMark(question);
    if (memo.asked === mark) return this.#remind(question, memo, talk);
    await this.#publishOptions(request, question);
    const pull = await this.#pullFor(request, question, memo);
    const who = reviewersOf(question.conflict.paths.map((path) => path.path), await this.#codeOwners(lane.tip), pull.author, this.#policy.routing.github.owners);
    const here = await this.#moveTo(pull.number, question, memo, talk);
    let now = await this.#say({ request, question, diffUrl: this.#diffUrl(question), asked: who }, { kind: 'open' }, here, keep);
    now = await keep({ ...now, stands: { mark, sinceMs: now.saidAtMs } });
    const { refused } = await forge.askReview(pull.number, who);
    if (refused.length > 0) {
      const asked = { users: who.users.filter((one) => !refused.includes(one)), teams: who.teams.filter((one) => !refused.includes(one)) };
      now = await this.#say({ request, question, diffUrl: this.#diffUrl(question), asked, refused }, { kind: 'open' }, now, keep);
    }
    return keep({ ...now, asked: mark, reminders: 0 });
  }

  /** The pull request it stood on was closed, or leads elsewhere by now: there it says where it is asked. */
  async #moveTo(pull: number, question: Question, memo: Memo, { request, keep }: Talk): Promise<Memo> {
    if (memo.pull === pull || memo.comment.kind === 'never') return { ...memo, pull };
    const left = await this.#say({ request, question, diffUrl: this.#diffUrl(question), asked: { users: [], teams: [] } }, { kind: 'moved', pull }, memo, keep);
    // It may have been there before.
    return { ...left, pull, comment: { kind: 'perhaps' }, said: null, saidAtMs: null };
  }

  /** A few times, ever more seldom; then it waits in silence. Nothing is ever guessed. */
  async #remind(question: Question, memo: Memo, { request, lane, keep }: Talk): Promise<Memo> {
    const { forge, clock } = this.#ports;
    const dueMs = question.askedAtMs + REMIND_MS * 2 ** memo.reminders;
    if (memo.pull === null || memo.reminders >= REMINDERS_MAX || clock.nowMs() < dueMs) return memo;
    const who = reviewersOf(question.conflict.paths.map((path) => path.path), await this.#codeOwners(lane.tip), '', this.#policy.routing.github.owners);
    await forge.say(memo.pull, `reminder:${request.id}:${questionMark(question)}:${memo.reminders}`, reminderText(who, memo.comment.kind === 'as' ? forge.commentUrl(memo.pull, memo.comment.id) : null), { kind: 'perhaps' });
    return keep({ ...memo, reminders: memo.reminders + 1 });
  }

  async #pullFor({ branch, target, title }: MergeRequest, { conflict }: Question, memo: Memo): Promise<Pull> {
    const { forge } = this.#ports;
    const known = await forge.pullOf(branch, target);
    if (known !== null) return known;
    const files = conflict.paths.length === 1 ? 'one file' : `${conflict.paths.length} files`;
    const body = `Opened by Maestro${memo.pull === null ? '' : ' again'}, because \`${shortName(branch)}\` conflicts with \`${shortName(target)}\` in ${files} and a person has to decide. The question is below; nothing else is needed here.`;
    return forge.openPull({ branch, target, title: title === '' ? `Merge ${shortName(branch)}` : title, body });
  }

  /** The comment is edited until it says how the question ended. */
  async #conclude(memo: Memo, { request, keep }: Talk): Promise<Memo> {
    const question = await this.#lastQuestion(request);
    if (question === null || memo.pull === null) return memo;
    return this.#say({ request, question, diffUrl: this.#diffUrl(question), asked: { users: [], teams: [] } }, fateOf(request, question), memo, keep);
  }

  async #say(asking: Asking, fate: Fate, memo: Memo, keep: Keep): Promise<Memo> {
    const text = questionText(asking, fate);
    const said = digestOf(text);
    if (memo.said === said || memo.pull === null) return memo;
    if (memo.comment.kind === 'never') await keep({ ...memo, comment: begun(memo.comment) });
    const { id, atMs } = await this.#ports.forge.say(memo.pull, `question:${asking.request.id}`, text, memo.comment);
    // Asked about the same once more, as after a retry, it is asked anew: what stands there now says that it is over.
    return keep({ ...memo, comment: { kind: 'as', id }, said, saidAtMs: atMs, ...(fate.kind === 'open' ? {} : { asked: null, stands: null }) });
  }

  /** Where each option can be looked at before anybody answers. */
  async #publishOptions({ id }: MergeRequest, { options }: Question): Promise<void> {
    for (const { letter, commit } of options) await this.#ports.git.publish(`refs/maestro/option/${id}/${letter}-${commit.slice(0, 12)}`, commit);
  }

  #diffUrl(question: Question): (option: Option) => string | null {
    return (option) => question.options.includes(option) ? this.#ports.forge.commitUrl(option.commit) : null;
  }

  async #lastQuestion({ id }: MergeRequest): Promise<Question | null> {
    const history = await this.#ports.store.history(id);
    const asked = history?.events.findLast((event) => event.kind === 'asked' && event.id === id);
    return asked?.kind === 'asked' ? asked.question : null;
  }

  /** From the target's tip: a branch says nothing about who decides on it. */
  async #codeOwners(tip: Oid | null): Promise<CodeOwners> {
    if (tip === null) return [];
    for (const path of OWNERS_FILES) {
      const file = await this.#ports.git.file(tip, path, OWNERS_FILE_CHARS_MAX);
      if (file.kind === 'text') return parseCodeOwners(file.text);
    }
    return [];
  }

  async #handOut(memo: Memo, talk: Talk): Promise<Memo> {
    const due = talk.lane.tasks.filter((task) => task.request === talk.request.id && !memo.tasks.includes(task.id));
    let now = memo;
    for (const task of due) {
      const isFirst = !now.tasksBegun.includes(task.id);
      if (isFirst) now = await talk.keep({ ...now, tasksBegun: [...now.tasksBegun, task.id] });
      await this.#handOutOne(task, isFirst, now, talk);
      now = await talk.keep({ ...now, tasks: [...now.tasks, task.id] });
    }
    return now;
  }

  /** On the loser's own pull request where one is open, else where the question was asked. */
  async #handOutOne(task: RefactorTask, isFirst: boolean, memo: Memo, { request, lane }: Talk): Promise<void> {
    const { forge } = this.#ports;
    const { title, body } = taskText(task);
    if (this.#policy.routing.github.refactor === 'issue') return void await forge.openIssue(`task:${task.id}`, title, body);
    const pull = (await this.#pullOfLoser(task, request, lane)) ?? memo.pull;
    if (pull !== null) await forge.say(pull, `task:${task.id}`, body, isFirst ? { kind: 'never' } : { kind: 'perhaps' });
  }

  async #pullOfLoser(task: RefactorTask, request: MergeRequest, lane: Lane): Promise<number | null> {
    if (task.branch === shortName(request.branch)) return null;
    const branch = parseBranch(task.branch);
    return branch.ok ? (await this.#ports.forge.pullOf(branch.ref, lane.target))?.number ?? null : null;
  }
}

function fateOf(request: MergeRequest, question: Question): Fate {
  const { phase, resolution } = request;
  if (phase.state === 'cancelled') return { kind: 'cancelled', by: phase.by };
  if (resolution === null || resolution.fingerprint !== question.conflict.fingerprint) return { kind: 'overtaken' };
  const answer = { letters: resolution.choices.join(''), by: resolution.by };
  switch (phase.state) {
    case 'landed': return { kind: 'landed', ...answer, commit: phase.candidate.commit };
    case 'rolled-back': return { kind: 'rolled-back', ...answer, commit: phase.candidate.commit, rollback: phase.by };
    case 'rejected': return { kind: 'not-landed', ...answer, why: adviceOn(phase.reason).cause };
    case 'superseded': return { kind: 'overtaken' };
    case 'queued': case 'deliberating': case 'escalated': case 'gating': case 'landing': return { kind: 'answered', ...answer };
  }
}
