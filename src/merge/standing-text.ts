// The answers to `/maestro status` and `/maestro explain` as comments. Plain data in, Markdown out, within what GitHub takes.
import { isTakenOff } from './advice.ts';
import { shortName } from './branch.ts';
import type { Alarm } from './event.ts';
import { asComment, cell, cellProse, code, fenced, folded, prose, tailOf } from './markdown.ts';
import type { Advice } from './reason.ts';
import type { MergeRequest } from './request.ts';
import { count, verdictWords } from './wording.ts';

const ROWS_SHOWN = 40;
const LANES_SHOWN = 20;
const WAITS_CHARS_MAX = 300;
const NAME_CHARS_MAX = 120;
const STORY_SHOWN = 40;
const TAIL_LINES = 20;
const SUSPECTS_SHOWN = 10;

/** A lane as Control's status gives it. */
export type LaneShown = {
  readonly target: string;
  readonly tip: string | null;
  readonly pausedBy: string | null;
  readonly alarm: Alarm | null;
  readonly open: readonly { readonly request: MergeRequest; readonly position: number; readonly waitsFor: string }[];
};

export function statusText(lanes: readonly LaneShown[], trouble: string | null): string {
  const shown = lanes.slice(0, LANES_SHOWN);
  let room = ROWS_SHOWN;
  const texts = shown.map((lane) => {
    const rows = lane.open.slice(0, room);
    room -= rows.length;
    return laneText(lane, rows);
  });
  return [
    ...(trouble === null ? [] : [`**Trouble:** ${prose(trouble)}`]),
    ...(lanes.length === 0 ? ['Nothing is queued. A push whose last commit says `READY_TO_MERGE` starts a merge.'] : texts),
    ...(lanes.length > shown.length ? [`and ${count(lanes.length - shown.length, 'more target')}`] : []),
  ].join('\n\n');
}

function laneText({ target, tip, pausedBy, alarm, open }: LaneShown, rows: LaneShown['open']): string {
  const name = code(target, NAME_CHARS_MAX);
  const resume = code(`/maestro resume ${target}`, 2 * NAME_CHARS_MAX);
  return [
    `**${name}** at ${tip === null ? 'an unknown commit' : code(tip.slice(0, 12))}, ${count(open.length, 'open request')}`,
    ...(alarm === null ? [] : [`Stands still (${alarm.kind}): ${prose(alarm.detail)} Once that is as it should be, comment ${resume}.`]),
    ...(pausedBy === null ? [] : [`Paused by ${code(pausedBy, NAME_CHARS_MAX)}; ${resume} goes on.`]),
    ...(rows.length === 0 ? [] : [['| # | Request | Branch | State | Waits for |', '|---|---|---|---|---|', ...rows.map(rowOf)].join('\n')]),
    ...(open.length > rows.length && rows.length > 0 ? [`and ${open.length - rows.length} more`] : []),
  ].join('\n\n');
}

function rowOf({ request, position, waitsFor }: LaneShown['open'][number]): string {
  return `| ${position + 1} | ${cell(request.id)} | ${cell(shortName(request.branch), NAME_CHARS_MAX)} | ${stateWord(request)} | ${cellProse(asComment(waitsFor), WAITS_CHARS_MAX)} |`;
}

function stateWord({ phase }: MergeRequest): string {
  switch (phase.state) {
    case 'queued': return phase.hold === null ? 'queued' : 'held';
    case 'deliberating': return 'conflict';
    case 'escalated': return 'needs a decision';
    case 'gating': return phase.verdict === null ? 'gating' : 'gated';
    case 'rolled-back': return isTakenOff(phase) ? 'taken off' : 'rolled back';
    case 'landing': case 'landed': case 'rejected': case 'superseded': case 'cancelled': return phase.state;
  }
}

/** A request as Control explains it. */
export type Told = {
  readonly request: MergeRequest;
  readonly position: number | null;
  readonly waitsFor: string;
  readonly advice: Advice | null;
  readonly suspectedBy: readonly string[];
  readonly story: readonly { readonly atMs: number; readonly text: string }[];
};

export function explanationText({ request, position, waitsFor, advice, suspectedBy, story }: Told): string {
  const { phase } = request;
  const verdict = 'verdict' in phase ? phase.verdict : null;
  const facts = [
    `- **State:** ${stateWord(request)}${position === null ? '' : `, number ${position + 1} in its lane`}`,
    ...(waitsFor === 'nothing' ? [] : [`- **Waits for:** ${prose(asComment(waitsFor))}`]),
    ...(verdict === null ? [] : [`- **Gate:** ${verdictWords(verdict)}`]),
    ...(request.resolution === null ? [] : [`- **Decided:** ${request.resolution.choices.join('')} by ${code(request.resolution.by, NAME_CHARS_MAX)}`]),
    ...(advice === null ? [] : [`- **Cause:** ${prose(advice.cause)}`, `- **Next${advice.turn === 'nobody' ? '' : `, the ${advice.turn}'s turn`}:** ${prose(asComment(advice.next))}`]),
    ...suspectedBy.slice(0, SUSPECTS_SHOWN).map((branch) => `- **Note:** ${code(branch, NAME_CHARS_MAX)} failed its gate and may fail only together with this`),
  ];
  const head = `${code(shortName(request.branch), 2 * NAME_CHARS_MAX)} into ${code(shortName(request.target), 2 * NAME_CHARS_MAX)}, request ${code(request.id)}: ${code(request.title)}`;
  const evidence = phase.state === 'rejected' && 'tail' in phase.reason && phase.reason.tail.trim() !== '' ? [fenced(tailOf(phase.reason.tail, TAIL_LINES))] : [];
  return [head, facts.join('\n'), ...evidence, ...(story.length === 0 ? [] : [folded('How it came here', storyText(story))])].join('\n\n');
}

/** The latest steps; a fence keeps what they quote from being read as anything else. */
function storyText(story: Told['story']): string {
  const hidden = story.length - STORY_SHOWN;
  const rows = story.slice(-STORY_SHOWN).map(({ atMs, text }) => `${new Date(atMs).toISOString().slice(0, 19)}Z  ${text}`);
  return fenced([...(hidden > 0 ? [`(${count(hidden, 'earlier step')})`] : []), ...rows]);
}
