// What Maestro answers to a comment that asked for something, or asked wrongly: one short text, which edits the one before.
import { printable } from './branch.ts';
import { formsOf, type CommentVerb } from './comment.ts';
import { asComment, code, fencedPatch, patchCharsOf, prose } from './markdown.ts';
import { cutPatch } from './patch.ts';
import type { RefactorTask } from './request.ts';
import { count } from './wording.ts';

const NAME_CHARS_MAX = 120;
const NAMES_SHOWN = 20;
/** As the page spells it out. */
const PATCH_CHARS_MAX = 50_000;
const ISSUE_TITLE_CHARS_MAX = 200;

/** What was done. `id` is a request's, `branch` its short name. */
export type Done =
  | { readonly kind: 'answered'; readonly id: string; readonly letters: string; readonly by: string }
  | { readonly kind: 'retried' | 'cancelled' | 'promoted'; readonly id: string; readonly branch: string }
  | { readonly kind: 'paused'; readonly lanes: readonly string[]; readonly inFlight: number }
  | { readonly kind: 'resumed'; readonly lanes: readonly string[] }
  /** As Control plans it; `rollback` is the rollback's own request, null on a dry run. */
  | { readonly kind: 'rolling-back'; readonly id: string; readonly rollback: string | null; readonly clean: boolean; readonly conflictPaths: readonly string[]; readonly dependents: readonly { readonly id: string; readonly branch: string; readonly why: string }[] };

export function doneText(done: Done): string {
  switch (done.kind) {
    case 'answered': return `✅ ${code(done.by, NAME_CHARS_MAX)} answered ${done.letters} to ${code(done.id)}. It is merged and gated, and lands if that is green.`;
    case 'retried': return `✅ ${code(done.branch)} is queued again as ${code(done.id)}.`;
    case 'cancelled': return `✅ ${code(done.branch)} (${code(done.id)}) is cancelled. ${code(`/maestro retry ${done.id}`)} queues it again.`;
    case 'promoted': return `✅ ${code(done.branch)} is queued for promotion as ${code(done.id)}.`;
    case 'paused': return done.lanes.length === 0 ? 'There is no lane yet; nothing to pause.' : `⏸️ Paused: ${namesOf(done.lanes)}.${done.inFlight === 0 ? '' : ` ${count(done.inFlight, 'step')} under way may still end.`} ${code('/maestro resume')} goes on.`;
    case 'resumed': return done.lanes.length === 0 ? 'There is no lane yet; nothing to resume.' : `▶️ Going on: ${namesOf(done.lanes)}.`;
    case 'rolling-back': return rollbackText(done);
  }
}

function rollbackText({ id, rollback, clean, conflictPaths, dependents }: Extract<Done, { kind: 'rolling-back' }>): string {
  return [
    rollback === null ? `A rollback of ${code(id)} would be ${clean ? 'clean' : 'in conflict'}. Nothing was changed.` : `✅ ${code(id)} is being rolled back by ${code(rollback)}, which is gated like any merge.`,
    ...(conflictPaths.length === 0 ? [] : [`Later work changed ${namesOf(conflictPaths)}.`]),
    ...(dependents.length === 0 ? [] : ['Later landings that lean on it:', dependents.slice(0, NAMES_SHOWN).map((one) => `- ${code(one.id)} ${code(one.branch, NAME_CHARS_MAX)}: ${prose(one.why, 2 * NAME_CHARS_MAX)}`).join('\n')]),
  ].join('\n\n');
}

/** Why nothing was done. `why`, `message` and `next` are Maestro's own sentences, perhaps with names of others in them. */
export type Refusal =
  | { readonly kind: 'no-permission'; readonly login: string; readonly needed: 'write' | 'maintain' | 'admin' }
  | { readonly kind: 'unknown-id'; readonly id: string }
  | { readonly kind: 'no-request' }                                            // the pull request's branch was never marked
  | { readonly kind: 'moved-on'; readonly id: string }                         // the branch or the target changed since it was asked
  | { readonly kind: 'asked-anew'; readonly id: string }                       // what was written before it, or before it was shown, answers another question
  | { readonly kind: 'answered-before'; readonly id: string; readonly letters: string; readonly by: string }
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'unknown-word'; readonly word: string; readonly nearest: CommentVerb | null }
  | { readonly kind: 'failed'; readonly message: string; readonly next: string | null };

export function refusalText(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'no-permission': return `❌ Nothing was done: this takes ${refusal.needed} permission on this repository, which ${code(refusal.login, NAME_CHARS_MAX)} does not have.`;
    case 'unknown-id': return `❌ Nothing is known of ${code(refusal.id, NAME_CHARS_MAX)}. ${code('/maestro status')} lists what is open.`;
    case 'no-request': return `❌ There is no merge request of this branch: no push of it ended in a commit that says ${code('READY_TO_MERGE')}.`;
    case 'moved-on': return `❌ Nothing was done: ${code(refusal.id, NAME_CHARS_MAX)} has moved on since it was asked about. Where it still conflicts, it is asked again.`;
    case 'asked-anew': return `❔ Nothing was done: ${code(refusal.id, NAME_CHARS_MAX)} is asked about anew since that was written. Look at the question once more, then write the letter again.`;
    case 'answered-before': return `❌ Nothing was done: ${code(refusal.by, NAME_CHARS_MAX)} answered ${refusal.letters} to ${code(refusal.id)} first.`;
    case 'unclear': return `❔ Nothing was done: ${prose(refusal.why)}.`;
    case 'unknown-word': return `❔ Nothing was done: there is no command ${code(refusal.word, NAME_CHARS_MAX)}.${refusal.nearest === null ? '' : ` If you meant ${refusal.nearest}, write ${formsOf(refusal.nearest)}.`} ${code('/maestro help')} lists them.`;
    case 'failed': return `❌ ${prose(refusal.message)}${refusal.next === null ? '' : `\n\n**Next:** ${prose(asComment(refusal.next))}`}`;
  }
}

const HELP: readonly (readonly [CommentVerb, string])[] = [
  ['decide', 'answers a question; on its own pull request a line with nothing but the letter will do'],
  ['status', 'what is queued, in which order, and what it waits for'],
  ['explain', 'why this branch waits or was refused'],
  ['retry', 'queues the same commit again'],
  ['cancel', 'takes this branch out of the queue'],
  ['pause', 'starts nothing more, on one target or on all'],
  ['resume', 'goes on'],
  ['promote', 'moves a target on into the next one'],
  ['rollback', 'undoes a landing by a commit of its own; the dry run only shows what leans on it'],
  ['help', 'this list'],
];

export function helpText(): string {
  return ['| What it does | How to write it |', '|---|---|', ...HELP.map(([verb, what]) => `| ${what} | ${formsOf(verb)} |`)].join('\n');
}

/** The losing side's homework, for a comment or an issue. The patch applies on top of what landed. */
export function taskText(task: RefactorTask): { readonly title: string; readonly body: string } {
  const { patch, hunksLeft } = cutPatch(task.patch, PATCH_CHARS_MAX, patchCharsOf);
  const cut = hunksLeft === 0 ? [] : [`_${patch === '' ? 'The patch is too long for this page' : 'Cut here'}: ${count(hunksLeft, 'more hunk')}; ${code('maestro inbox --json')} has all of it._`];
  const body = [
    `### 🔧 Refactor task for ${code(task.branch, 2 * NAME_CHARS_MAX)}`,
    ...(task.priority === undefined ? [] : [`Priority: ${task.priority}`]),
    prose(task.text),
    `After the decision on ${code(task.request)}, in ${code(task.path)}${task.author === '' ? '' : `; the work was ${code(task.author.replace(/\s*<[^>]*>$/, ''), NAME_CHARS_MAX)}'s`}. The other side has landed; nothing is broken.`,
    ...(patch.trim() === '' ? [] : ['**What was dropped:**', fencedPatch(patch)]),
    ...cut,
  ];
  return { title: printable(`Refactor ${task.path} after the decision on ${task.request}`, ISSUE_TITLE_CHARS_MAX), body: body.join('\n\n') };
}

function namesOf(names: readonly string[]): string {
  const hidden = names.length - NAMES_SHOWN;
  return `${names.slice(0, NAMES_SHOWN).map((name) => code(name, NAME_CHARS_MAX)).join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`;
}
