// Hears what people say on the forge and answers: comments, buttons. Who they are is asked at the moment of the decision; what they may
// do is the counter's to know. Everything may be heard twice.
import { MaestroError } from '../error.ts';
import { shortName } from '../merge/branch.ts';
import { pressOf } from '../merge/button.ts';
import { readComment, type Asked, type CommentCommand, type OpenQuestion } from '../merge/comment.ts';
import { questionMark } from '../merge/identity.ts';
import { doneText, helpText, refusalText, type Refusal } from '../merge/reply.ts';
import type { MergeRequest, RequestId } from '../merge/request.ts';
import { explanationText, statusText } from '../merge/standing-text.ts';
import type { Clock } from '../port/clock.ts';
import type { Control } from '../port/control.ts';
import type { CommentId, Forge, Permission, Said, Shown } from '../port/forge.ts';
import type { Coordinator } from './coordinator.ts';
import { begun } from './memo.ts';
import { findNamed } from './name.ts';
import type { Presence } from './presence.ts';
import type { Service } from './service.ts';
import { within } from './within.ts';

const STRANGER_MS = 60_000;
const STRANGERS_MAX = 1000;
/** Before what came of a comment, in its note, until its author was told. */
const OWED = 'owed ';
/** A lost answer of the forge is looked up within that time. */
const SHOWING_MS_MAX = 20_000;

type Comment = Extract<Said, { kind: 'comment' }>;
type Outcome = { readonly good: boolean; readonly text: string | null };

export class Conversation {
  readonly #coordinator: Coordinator;
  readonly #control: Control;
  readonly #forge: Forge;
  readonly #presence: Presence;
  readonly #service: Pick<Service, 'coordinator' | 'vouch'>;
  readonly #clock: Clock;
  /** Who may not, until when that is taken as known: they were told, and GitHub is not asked for each of ten thousand comments. */
  readonly #strangers = new Map<string, number>();

  constructor(service: Pick<Service, 'coordinator' | 'vouch'>, control: Control, forge: Forge, presence: Presence, clock: Clock) {
    this.#service = service;
    this.#clock = clock;
    this.#coordinator = service.coordinator;
    this.#control = control;
    this.#forge = forge;
    this.#presence = presence;
  }

  /** Throws only what is worth hearing again: the forge does not answer. */
  async hear(said: Said): Promise<void> {
    if (said.isMachine) return;
    switch (said.kind) {
      case 'comment': return this.#hearComment(said);
      case 'press': return this.#hearPress(said);
      case 'approved': return this.#hearApproval(said);
    }
  }

  async #hearComment(said: Comment): Promise<void> {
    const { notes } = this.#coordinator;
    const heard = `heard:${said.comment}${said.isEdit ? ' edited' : ''}`;
    // Before anything is asked of the forge: most comments are none of ours.
    const known = await this.#presence.requestOn(said.pull);
    const request = known === null ? null : this.#find(known);
    const asked = this.#read(said, request);
    if (asked.kind === 'none' || this.#isStranger(said.login)) return;
    const note = await notes.recall(heard);
    if (note !== null && !note.startsWith(OWED)) return;
    const outcome = note === null ? await this.#firstAnswer(said, request) : JSON.parse(note.slice(OWED.length)) as Outcome;
    // Done again it would be refused: while the forge does not answer only the words are owed.
    if (note === null) await notes.remember(heard, `${OWED}${JSON.stringify(outcome)}`);
    await this.#forge.react(said.comment, outcome.good ? '+1' : 'confused');
    if (outcome.text !== null) await this.#reply(said.pull, outcome.text);
    await notes.remember(heard, said.login);
  }

  async #firstAnswer(said: Comment, known: MergeRequest | null): Promise<Outcome> {
    const own = known ?? await this.#requestOf(said.pull);
    return this.#answer(this.#read(said, own), own, said);
  }

  #read(said: Comment, request: MergeRequest | null): Asked {
    return readComment({ body: said.body, speaker: said.isMachine ? 'machine' : 'person', edit: said.isEdit }, request === null ? null : openQuestionOf(request));
  }

  async #answer(asked: Asked, own: MergeRequest | null, said: Comment): Promise<Outcome> {
    switch (asked.kind) {
      case 'none': return { good: true, text: null };
      case 'unclear': return refused({ kind: 'unclear', why: asked.why });
      case 'unknown': return refused({ kind: 'unknown-word', word: asked.word, nearest: asked.nearest });
      case 'answer': return this.#decide(asked.of ?? own?.id ?? null, asked.letters, said);
      case 'command': return this.#obey(asked.command, own, said.login);
    }
  }

  async #decide(id: string | null, letters: string, { login, atMs }: Comment): Promise<Outcome> {
    if (id === null) return refused({ kind: 'no-request' });
    const permission = await this.#permission(login);
    if (!mayChange(permission)) return refused({ kind: 'no-permission', login, needed: 'write' });
    const meant = findNamed(id, this.#coordinator.lanes.values());
    // Of several the counter says so.
    const before = meant.length === 1 ? meant[0]?.request ?? null : null;
    // Heard before, and the note of it was lost.
    if (before !== null && isAnsweredBy(before, letters, login)) return { good: true, text: null };
    if (before !== null && before.phase.state !== 'escalated' && before.resolution !== null) return refused({ kind: 'answered-before', id: before.id, letters: before.resolution.choices.join(''), by: before.resolution.by });
    if (before !== null && before.phase.state !== 'escalated') return refused({ kind: 'moved-on', id: before.id });
    const open = before?.phase.state === 'escalated' ? { id: before.id, question: questionMark(before.phase.question) } : null;
    if (open !== null && !(await this.#wasShown(open.id, open.question, atMs))) return refused({ kind: 'asked-anew', id: open.id });
    return this.#attempt(async () => {
      await this.#control.decide(id, letters, login, { permission, ...(open === null ? {} : { question: open.question }) });
      // The question's own comment says it.
      return null;
    });
  }

  /** A letter carries no mark: it answers the question that stood there when it was written. */
  async #wasShown(id: RequestId, mark: string, writtenAtMs: number | null): Promise<boolean> {
    // Who is quick answers before we have heard from the forge that it stands there.
    if ((await this.#presence.shownOf(id)).stands?.mark !== mark) await within(SHOWING_MS_MAX, this.#clock, this.#presence.settled());
    const { asked, stands: known } = await this.#presence.shownOf(id);
    // Asked by a version that did not keep since when.
    const stands = known ?? (asked === mark ? { mark, sinceMs: null } : null);
    return stands?.mark === mark && (stands.sinceMs === null || writtenAtMs === null || writtenAtMs >= stands.sinceMs);
  }

  async #obey(command: CommentCommand, own: MergeRequest | null, login: string): Promise<Outcome> {
    const { verb } = command;
    const permission = await this.#permission(login);
    if (verb === 'help' || verb === 'status' || verb === 'explain') {
      if (permission === 'none') return refused({ kind: 'no-permission', login, needed: 'write' });
    } else if (!mayChange(permission)) return refused({ kind: 'no-permission', login, needed: 'write' });
    const of = 'of' in command ? command.of ?? own?.id ?? null : null;
    if ((verb === 'explain' || verb === 'retry' || verb === 'cancel') && of === null) return refused({ kind: 'no-request' });
    return this.#attempt(() => this.#perform(command, of ?? '', login));
  }

  async #perform(command: CommentCommand, of: string, login: string): Promise<string> {
    const control = this.#control;
    switch (command.verb) {
      case 'help': return helpText();
      case 'status': {
        const { lanes, trouble } = await control.status();
        return statusText(lanes, trouble);
      }
      case 'explain': return explanationText(await control.explain(of));
      case 'retry': return doneText({ kind: 'retried', ...named(await control.retry(of, login)) });
      case 'cancel': return doneText({ kind: 'cancelled', ...named(await control.cancel(of, login)) });
      case 'promote': return doneText({ kind: 'promoted', ...named(await control.promote(command.branch, login)) });
      case 'resume': return doneText({ kind: 'resumed', ...await control.resume(command.target, login) });
      case 'pause': {
        const { lanes, inFlight } = await control.pause(command.target, login);
        return doneText({ kind: 'paused', lanes, inFlight: inFlight.length });
      }
      case 'rollback': {
        const { request, clean, conflictPaths, dependents } = await control.rollback(of, login, command.dryRun);
        return doneText({ kind: 'rolling-back', id: of, rollback: request?.id ?? null, clean, conflictPaths, dependents });
      }
    }
  }

  #isStranger(login: string): boolean {
    return (this.#strangers.get(login) ?? 0) > this.#clock.nowMs();
  }

  /** A yes is asked for each time, a no holds for a while. */
  async #permission(login: string): Promise<Permission> {
    const permission = await this.#forge.permission(login);
    if (mayChange(permission)) return permission;
    const [oldest] = this.#strangers.keys();
    if (this.#strangers.size >= STRANGERS_MAX && oldest !== undefined) this.#strangers.delete(oldest);
    this.#strangers.set(login, this.#clock.nowMs() + STRANGER_MS);
    return permission;
  }

  async #hearPress(said: Extract<Said, { kind: 'press' }>): Promise<void> {
    const request = this.#find(said.request);
    if (request === null) return;
    const press = pressOf(said.button, request);
    if (press.kind === 'stale' || press.kind === 'unknown') return;
    const permission = await this.#forge.permission(said.login);
    if (!mayChange(permission)) return;
    // What comes of it is shown where the button was.
    await this.#attempt(async () => {
      if (press.kind === 'answer') await this.#control.decide(request.id, press.letter, said.login, { permission, question: press.question });
      else await this.#control.retry(request.id, said.login);
      return null;
    });
  }

  /** A person pushed a way out of their own and approved it: that is an answer, if a question had been asked. */
  async #hearApproval({ pull, branch, head, login }: Extract<Said, { kind: 'approved' }>): Promise<void> {
    const asked = await this.#presence.requestOn(pull);
    const request = asked === null ? null : this.#find(asked);
    if (request === null || request.branch !== branch || request.tip === head || !mayChange(await this.#forge.permission(login))) return;
    await this.#service.vouch(branch, head);
  }

  /** What the counter refuses is said; what may go better later is thrown. */
  async #attempt(work: () => Promise<string | null>): Promise<Outcome> {
    try {
      return { good: true, text: await work() };
    } catch (error) {
      if (!(error instanceof MaestroError) || error.retryable || error.code === 'internal' || error.code === 'fenced') throw error;
      return refused({ kind: 'failed', message: error.message, next: error.next });
    }
  }

  /** One comment a pull request, edited for each answer. */
  async #reply(pull: number, text: string): Promise<void> {
    const { notes } = this.#coordinator;
    const key = `reply:${pull}`;
    const note = await notes.recall(key);
    const shown: Shown<CommentId> = note === null ? { kind: 'never' } : JSON.parse(note) as Shown<CommentId>;
    if (shown.kind === 'never') await notes.remember(key, JSON.stringify(begun(shown)));
    const { id } = await this.#forge.say(pull, 'reply', text, shown);
    if (shown.kind !== 'as' || shown.id !== id) await notes.remember(key, JSON.stringify({ kind: 'as', id }));
  }

  #find(id: string): MergeRequest | null {
    for (const lane of this.#coordinator.lanes.values()) for (const request of lane.requests.values()) if (request.id === id) return request;
    return null;
  }

  /** The latest of the pull request's branch into its target. */
  async #requestOf(number: number): Promise<MergeRequest | null> {
    const pull = await this.#forge.pull(number);
    const lane = pull === null ? undefined : this.#coordinator.lanes.get(pull.target);
    return [...(lane?.requests.values() ?? [])].findLast((one) => one.branch === pull?.branch) ?? null;
  }
}

function mayChange(permission: Permission): boolean {
  return permission === 'admin' || permission === 'write';
}

function isAnsweredBy({ resolution, phase }: MergeRequest, letters: string, login: string): boolean {
  return phase.state !== 'escalated' && resolution !== null && resolution.by === login && new Set([letters, letters.repeat(resolution.choices.length)]).has(resolution.choices.join(''));
}

/** One that was answered is still spoken to: who comes second is told so. */
function openQuestionOf({ id, phase, resolution }: MergeRequest): OpenQuestion | null {
  if (phase.state !== 'escalated' && resolution?.how === 'person') return { id, conflictCount: resolution.choices.length, offered: ['A', 'B', 'C'] };
  return phase.state !== 'escalated' ? null : { id, conflictCount: phase.question.conflict.paths.length, offered: phase.question.options.map((option) => option.letter) };
}

function named({ id, branch }: MergeRequest): { readonly id: string; readonly branch: string } {
  return { id, branch: shortName(branch) };
}

function refused(refusal: Refusal): Outcome {
  return { good: false, text: refusalText(refusal) };
}
