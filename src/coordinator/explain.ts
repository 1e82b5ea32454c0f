// Says in one sentence what a request waits for, and tells its story from the ledger. Reads state, changes nothing.
import { isBallot } from '../consensus/ballot.ts';
import { thoughtLine, unheardWords, type Minds } from '../consensus/minds.ts';
import { adviceFor } from '../merge/advice.ts';
import { shortName } from '../merge/branch.ts';
import { NOTHING_CHANGED } from '../merge/certificate.ts';
import type { LedgerEvent } from '../merge/event.ts';
import type { Lane } from '../merge/lane.ts';
import { adviceOn } from '../merge/reason.ts';
import { isOpen, type Hold, type MergeRequest, type RequestId, type StoredVote, type Verdict } from '../merge/request.ts';
import type { View } from '../merge/turn.ts';
import { duration } from '../merge/wording.ts';
import { dependencyState, type Roll } from '../queue/dependency.ts';
import { buildOrder } from '../queue/urgency.ts';

const CLOSED_SHOWN = 20;

/** `roll`: of all lanes, made once for as many requests as are asked about. */
export function waitsFor(request: MergeRequest, lane: Lane, roll: Roll): string {
  const stopped = whyStopped(lane);
  if (isOpen(request) && stopped !== null) return stopped;
  switch (request.phase.state) {
    case 'queued': return waitsInQueue(request, lane, roll);
    case 'deliberating': return 'its options, which are being merged and gated before anybody is asked';
    case 'escalated': return `an answer: maestro decide ${request.id} ${request.phase.question.options.map((option) => option.letter).join('|')}${unproposed(request.phase.question.minds)}`;
    case 'gating': return request.phase.verdict === null ? 'the gate on its candidate' : request.phase.verdict.kind === 'failed' && lane.chain[0] === request.id ? `the gate on ${shortName(lane.target)} itself, to tell whose fault the red one is` : 'what is ahead of it in the chain';
    case 'landing': return 'the push (or the target\'s own merge queue), and the remote showing it';
    case 'landed': case 'rejected': case 'superseded': case 'cancelled': case 'rolled-back': return 'nothing';
  }
}

/** Open requests as they would land: the chain first, then the queue, then those that wait for something else. */
export function positions(lane: Lane, view: View): readonly MergeRequest[] {
  const chain = lane.chain.map((id) => lane.requests.get(id)).filter((one): one is MergeRequest => one !== undefined);
  const queued = buildOrder(lane, view);
  const placed = new Set<RequestId>([...chain, ...queued].map((one) => one.id));
  const rest = [...lane.requests.values()].filter((one) => isOpen(one) && !placed.has(one.id));
  return [...chain, ...queued, ...rest];
}

/** The latest of those that are over, oldest first. Refusals stay in sight however much lands after them. */
export function recentlyClosed(lane: Lane): readonly MergeRequest[] {
  const closed = [...lane.requests.values()].filter((one) => !isOpen(one));
  const refused = closed.filter((one) => adviceFor(one) !== null).slice(-CLOSED_SHOWN);
  return [...refused, ...closed.filter((one) => adviceFor(one) === null).slice(-CLOSED_SHOWN)].sort((a, b) => a.arrival - b.arrival);
}

/** Whose red gate points at this request. */
export function suspectedBy(request: MergeRequest, lane: Lane): readonly string[] {
  return [...lane.requests.values()].flatMap(({ branch, phase }) => phase.state === 'rejected' && phase.reason.code === 'gate-failed' && phase.reason.suspects.some((one) => one.request === request.id) ? [shortName(branch)] : []);
}

/** One line an event, as far as it concerns this request. */
export function tell(event: LedgerEvent, about: RequestId): string {
  switch (event.kind) {
    case 'requested': return event.what.kind === 'branch' ? `queued: ${event.title}` : `queued (${event.what.kind}): ${event.title}`;
    case 'retried': return `queued again by ${event.by}`;
    case 'met': return `its target holds ${event.names.join(', ')} now`;
    case 'held': return `held: ${heldBy(event.hold)}`;
    case 'released': return 'back in the queue';
    case 'built': return `merged ${event.candidate.how === 'clean' ? 'cleanly' : event.candidate.how === 'inverse' ? 'backwards' : `by ${event.resolution?.by ?? 'a resolution'}`} as ${event.candidate.commit.slice(0, 12)}${event.candidate.pathCount === 0 ? `; ${NOTHING_CHANGED}` : ''}`;
    case 'dropped': return `to be merged again: ${event.why}`;
    case 'conflicted': return `conflict in ${event.conflict.paths.map((path) => path.path).join(', ')}${event.conflict.partners.length === 0 ? '' : ` with ${event.conflict.partners.map((partner) => partner.branch || partner.title).join(', ')}`}${event.refuted ? ': what the minds agreed on fails the gate on what the target is by now' : ''}`;
    case 'voted': return `${event.vote.vote.voter} ${answered(event.vote)} ${event.vote.path} in round ${event.vote.round}`;
    case 'asked': return `asked: ${event.question.options.map((option) => `[${option.letter}] ${option.title}`).join('  ')}${unproposed(event.question.minds)}`;
    case 'decided': return `decided ${event.resolution.choices.join('')} by ${event.resolution.by}${event.resolution.minds === undefined ? '' : ` (${thoughtLine(event.resolution.minds)})`}`;
    case 'tasked': return event.tasks.map((task) => `refactor task for ${task.branch}: ${task.path}`).join('; ') || 'nothing to refactor';
    case 'gated': return event.verdict.kind === 'not-configured' ? 'no gate configured' : `gate ${event.verdict.kind} ${ranWords(event.verdict)}`;
    case 'baseline': return `the target itself: gate ${event.verdict.kind}`;
    case 'intended': return `landing ${event.intent.new.slice(0, 12)}`;
    case 'landed': return 'landed, seen on the remote';
    case 'entered': return `let in by the target's own merge queue${event.merges.some(({ candidate }) => candidate.queued === 'squash') ? ' (squashed)' : ''}, seen on the remote at ${event.tip.slice(0, 12)}`;
    case 'not-landed': return `not landed: ${event.why}`;
    case 'rejected': return `rejected (${event.reason.code}): ${adviceOn(event.reason).cause}`;
    case 'superseded': return event.by === null ? 'superseded: the branch moved on to an unmarked commit' : `superseded by ${event.by}`;
    case 'cancelled': return `cancelled by ${event.by}`;
    case 'rolled-back': return `rolled back by ${event.by}`;
    case 'taken-off': return takenOff(event, about);
    case 'tip': return `target is at ${event.oid.slice(0, 12)}`;
    case 'paused': return `paused by ${event.by}`;
    case 'resumed': return `resumed by ${event.by}`;
    case 'stopped': return `stopped (${event.alarm.kind}): ${event.alarm.detail}`;
    case 'forgotten': return `${event.by} had what was learned before forgotten`;
    case 'skipped': return `the clock moved by ${Math.round(event.ms / 1000)} s at once; nobody waited that long`;
    case 'promoted': return `promotion of ${shortName(event.branch)} considered`;
  }
}

function takenOff({ tip, ids, back, unmet }: Extract<LedgerEvent, { kind: 'taken-off' }>, about: RequestId): string {
  const moved = `the target was moved back past Maestro, to ${tip.slice(0, 12)}`;
  if (ids.includes(about)) return `taken off: ${moved}, and holds it no longer; nobody rolled it back`;
  if (back.includes(about)) return `landed again: ${moved}, and what rolled this back is no longer in it`;
  return `${moved}, and no longer holds ${unmet.flatMap(({ id, names }) => id === about ? names : []).join(', ')}`;
}

function answered({ vote }: StoredVote): string {
  if ('texts' in vote) return vote.texts === null ? 'wrote no proposal for' : 'wrote a proposal for';
  return isBallot(vote) ? 'voted on' : 'gave no vote on';
}

/** Why a person sees nothing but both sides. */
function unproposed(minds: Minds | undefined): string {
  const words = minds === undefined ? [] : unheardWords(minds);
  return words.length === 0 ? '' : ` (nothing is proposed: ${words.join('; ')})`;
}

function ranWords(verdict: Exclude<Verdict, { kind: 'not-configured' }>): string {
  return verdict.kind === 'passed' && verdict.reusedFrom !== undefined ? `on this very tree before, in the run of ${verdict.reusedFrom}` : `in ${duration(verdict.ms)}`;
}

function whyStopped(lane: Lane): string | null {
  if (lane.alarm !== null) return `a person: ${lane.alarm.detail} Then \`maestro resume ${shortName(lane.target)}\`.`;
  return lane.pausedBy === null ? null : `\`maestro resume ${shortName(lane.target)}\` (paused by ${lane.pausedBy})`;
}

function waitsInQueue(request: MergeRequest, lane: Lane, roll: Roll): string {
  if (request.phase.state === 'queued' && request.phase.hold !== null) {
    const { hold } = request.phase;
    if (hold.kind === 'target-red') return `${shortName(lane.target)} itself fails the gate; it goes on when the target moves`;
    const ahead = hold.behind.map((id) => lane.requests.get(id)).flatMap((one) => (one === undefined ? [] : [shortName(one.branch)]));
    return `${ahead.join(', ') || 'what is ahead'} to land or leave: ${hold.kind === 'ahead' ? hold.why : `they conflict in ${hold.paths.join(', ')}`}`;
  }
  for (const name of request.dependsOn) {
    const state = dependencyState(request, name, roll);
    if (state.kind === 'open') return `its dependency ${name} (${state.request.phase.state})`;
    if (state.kind === 'elsewhere') return `its dependency ${name}, which landed in ${shortName(state.target)}, not yet in ${shortName(lane.target)}`;
    if (state.kind === 'missing' && state.gone !== undefined) return `its dependency ${name}, which ${shortName(state.gone.target)} holds no longer; \`maestro retry ${state.gone.id}\` lands it again`;
    if (state.kind === 'missing') return `its dependency ${name}, which nobody has pushed yet`;
  }
  return 'its turn';
}

function heldBy(hold: Hold): string {
  switch (hold.kind) {
    case 'conflict-ahead': return `conflicts in ${hold.paths.join(', ')} with ${hold.behind.join(', ')}, which has not landed yet`;
    case 'ahead': return `waits for ${hold.behind.join(', ')}: ${hold.why}`;
    case 'target-red': return 'the target itself fails the gate';
  }
}
