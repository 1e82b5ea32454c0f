// The check run of a request: how it stands, what it waits for, whose turn it is. A pure picture of its state; knows no forge.
import { thoughtLine } from '../consensus/minds.ts';
import { isTakenOff } from './advice.ts';
import { printable, shortName, type Oid } from './branch.ts';
import { buttonsOf, type Button } from './button.ts';
import type { Lane } from './lane.ts';
import { asComment, cell, code, fenced, prose, tailOf } from './markdown.ts';
import { adviceOn } from './reason.ts';
import type { Candidate, MergeRequest, Phase, Question, Verdict } from './request.ts';
import { causeWords, duration } from './wording.ts';

/** GitHub takes no longer summary. */
export const SUMMARY_CHARS_MAX = 65_535;
const TITLE_CHARS_MAX = 200;
const TAIL_LINES = 40;
const PATHS_SHOWN = 10;

/** A request's check run on its tip commit. */
export type Face = {
  /** How a check run whose creation was not answered is found again. */
  readonly request: string;
  readonly head: Oid;
  readonly status: 'queued' | 'in_progress' | 'completed';
  /** Null unless completed. */
  readonly conclusion: 'success' | 'failure' | 'neutral' | 'cancelled' | 'action_required' | null;
  /** One line of plain text. */
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  /** At most 3. */
  readonly buttons: readonly Button[];
};

/** `position` from 0, null where it has none; `waitsFor` as Control says it; `questionUrl` null before the question's comment exists. */
export type Place = { readonly position: number | null; readonly openCount: number; readonly waitsFor: string; readonly lane: Pick<Lane, 'alarm' | 'pausedBy'>; readonly questionUrl: string | null };

export function faceOf(request: MergeRequest, place: Place): Face {
  const { status, conclusion } = standOf(request.phase);
  const summary = [`${code(shortName(request.branch))} into ${code(shortName(request.target))}, request ${code(request.id)}${kindWords(request)}`, ...summaryOf(request, place)].join('\n\n');
  return { request: request.id, head: request.tip, status, conclusion, title: printable(titleOf(request, place), TITLE_CHARS_MAX), summary: summary.slice(0, SUMMARY_CHARS_MAX), buttons: buttonsOf(request.phase) };
}

function standOf(phase: Phase): Pick<Face, 'status' | 'conclusion'> {
  switch (phase.state) {
    case 'queued': return { status: 'queued', conclusion: null };
    case 'deliberating': case 'gating': case 'landing': return { status: 'in_progress', conclusion: null };
    case 'escalated': return { status: 'completed', conclusion: 'action_required' };
    case 'landed': return { status: 'completed', conclusion: 'success' };
    // Nobody has to do anything about these.
    case 'rejected': return { status: 'completed', conclusion: adviceOn(phase.reason).turn === 'nobody' || phase.reason.code === 'branch-deleted' ? 'neutral' : 'failure' };
    // Its author is told to look: nobody of ours wanted it out.
    case 'rolled-back': return { status: 'completed', conclusion: isTakenOff(phase) ? 'failure' : 'neutral' };
    case 'superseded': return { status: 'completed', conclusion: 'neutral' };
    case 'cancelled': return { status: 'completed', conclusion: 'cancelled' };
  }
}

function titleOf({ phase, target }: MergeRequest, place: Place): string {
  switch (phase.state) {
    case 'queued': return standing(phase.hold === null ? 'Queued' : 'Held', place);
    case 'gating': return standing(phase.verdict === null ? 'Gating' : 'Gated', place);
    case 'landing': return standing('Landing', place);
    case 'deliberating': return `Conflict in ${pathsTitle(phase.conflict.paths)}: its ways out are being merged and gated`;
    case 'escalated': return `Needs a decision: conflict in ${pathsTitle(phase.question.conflict.paths)}`;
    case 'landed': return `Landed on ${shortName(target)} as ${phase.candidate.commit.slice(0, 12)}`;
    case 'rejected': return `Not landed (${phase.reason.code}): ${adviceOn(phase.reason).cause}`;
    case 'superseded': return phase.by === null ? 'Superseded: the branch moved on to an unmarked commit' : 'Superseded by a newer commit of the branch';
    case 'cancelled': return `Cancelled by ${phase.by}`;
    case 'rolled-back': return phase.by === null ? `Landed, and was taken off: ${shortName(target)} was moved back past Maestro` : `Landed, and was rolled back by ${phase.by}`;
  }
}

/** `Queued, 2nd of 5: waits for its dependency feature/a`. */
function standing(word: string, { position, openCount, waitsFor }: Place): string {
  return `${word}${position === null ? '' : `, ${ordinal(position + 1)} of ${openCount}`}${waitsFor === 'its turn' ? '' : `: waits for ${asComment(waitsFor)}`}`;
}

function ordinal(n: number): string {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? 'th' : ['th', 'st', 'nd', 'rd'][n % 10] ?? 'th';
  return `${n}${ending}`;
}

function pathsTitle(paths: Question['conflict']['paths']): string {
  const [first] = paths;
  return `${first?.path ?? 'a file'}${paths.length > 1 ? ` and ${paths.length - 1} more` : ''}`;
}

function kindWords({ kind }: MergeRequest): string {
  switch (kind.kind) {
    case 'branch': return '';
    case 'promotion': return ' (promotion)';
    case 'back-merge': return ` (merged back, of ${code(kind.of)})`;
    case 'rollback': return ` (rolls back ${code(kind.of)})`;
  }
}

function summaryOf(request: MergeRequest, place: Place): readonly string[] {
  const { phase } = request;
  switch (phase.state) {
    case 'queued': case 'deliberating': case 'gating': case 'landing': return openWords(request, place);
    case 'escalated': return questionWords(phase.question, place);
    case 'landed': return [certificateTable(request, phase.candidate, phase.verdict), `**Next:** nothing to do. To undo it, comment ${code(`/maestro rollback ${request.id}`)}.`];
    case 'rejected': return rejectionWords(phase.reason);
    case 'superseded': return ['**Next:** nothing to do here; look at the branch\'s newest commit.'];
    case 'cancelled': return [`Cancelled by ${code(phase.by)}.`, `**Next:** comment ${code(`/maestro retry ${request.id}`)}, or push a new marked commit, if it shall land after all.`];
    case 'rolled-back': return [phase.by === null ? `It landed, and ${code(shortName(request.target))} holds it no longer: the target was moved back past Maestro, by nobody's rollback.` : `It landed, and ${code(phase.by)} took it back.`, certificateTable(request, phase.candidate, phase.verdict), `**Next:** comment ${code(`/maestro retry ${request.id}`)} to land the same work again.`];
  }
}

function openWords({ target }: MergeRequest, { position, openCount, waitsFor, lane }: Place): readonly string[] {
  const turn = lane.alarm !== null ? `the operator's turn: see to it, then comment ${code(`/maestro resume ${shortName(target)}`)}.`
    : lane.pausedBy !== null ? `the turn of ${code(lane.pausedBy)}, who paused it; ${code(`/maestro resume ${shortName(target)}`)} goes on.`
      : 'nobody\'s turn, it goes on by itself.';
  return [...(position === null ? [] : [`**Position:** ${ordinal(position + 1)} of ${openCount}`]), `**Waits for:** ${prose(asComment(waitsFor))}`, `**Next:** ${turn}`];
}

function questionWords({ conflict, options }: Question, { questionUrl }: Place): readonly string[] {
  const files = conflict.paths.slice(0, PATHS_SHOWN).map(({ path, kind }) => `- ${code(path)} (${kind})`);
  const hidden = conflict.paths.length - PATHS_SHOWN;
  const where = questionUrl === null ? 'The question is being put on the pull request.' : `See [the question](${questionUrl}).`;
  const how = conflict.paths.length === 1 ? ` Answer there, or press ${options.map((option) => `[${option.letter}]`).join(' or ')} here.` : ` It takes ${conflict.paths.length} letters: answer there.`;
  return ['**Conflict in:**', [...files, ...(hidden > 0 ? [`- and ${hidden} more`] : [])].join('\n'), `**Next:** the turn of whoever was asked. ${where}${how}`];
}

function rejectionWords(reason: Extract<Phase, { state: 'rejected' }>['reason']): readonly string[] {
  const { cause, next, turn } = adviceOn(reason);
  // Last: a summary that is too long loses the end of the log, not the advice.
  const evidence = 'tail' in reason && reason.tail.trim() !== '' ? ['**The end of the gate\'s output:**', fenced(tailOf(reason.tail, TAIL_LINES))] : [];
  return [`**Cause:** ${prose(cause)}`, `**Next${turn === 'nobody' ? '' : `, the ${turn}'s turn`}:** ${prose(asComment(next))}`, ...evidence];
}

function certificateTable({ id, resolution }: MergeRequest, candidate: Candidate, verdict: Verdict): string {
  const rows = [
    ['Merge commit', cell(candidate.commit)],
    ['Tree', cell(candidate.tree)],
    ['Onto', cell(candidate.onto)],
    ['Merged', resolution === null ? candidate.how : resolution.how === 'person' ? `decided ${resolution.choices.join('')} by ${cell(resolution.by)}` : resolution.how === 'consensus' && resolution.minds !== undefined ? `by consensus: ${thoughtLine(resolution.minds)}` : 'by diff3'],
    ...(candidate.queued === undefined ? [] : [['By', `the target's own merge queue${candidate.queued === 'squash' ? ', squashed: the branch\'s own commits are not in the target' : ''}`]]),
    ['Gate', gateCell(verdict, candidate)],
    ['Paths', String(candidate.pathCount)],
    ['Id', cell(id)],
    ['Undo', cell(`/maestro rollback ${id}`)],
  ];
  return ['| Certificate | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

/** "No gate" is said in so many words: it is not a pass. */
function gateCell(verdict: Verdict, { tree, queued }: Candidate): string {
  switch (verdict.kind) {
    case 'not-configured': return 'no gate configured: nothing was checked';
    case 'passed': return `passed in ${duration(verdict.ms)} on ${verdict.tree === tree ? 'this tree' : queued === undefined ? 'the last tree of its chain' : 'our own merge, not on this tree, which the queue checked'}: ${cell(verdict.gate)}`;
    case 'failed': return `FAILED (${causeWords(verdict)}): ${cell(verdict.gate)}`;
  }
}
