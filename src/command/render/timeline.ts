// What a running coordinator says as it works, in the words of the seeds: events and the lane after them in, lines out.
import type { Minds, Thought } from '../../consensus/minds.ts';
import { printable, shortName, type RefName } from '../../merge/branch.ts';
import { NOTHING_CHANGED } from '../../merge/certificate.ts';
import type { Alarm, LedgerEvent } from '../../merge/event.ts';
import type { Lane } from '../../merge/lane.ts';
import { adviceOn, type Advice, type Reason } from '../../merge/reason.ts';
import type { MergeRequest, RequestId, Resolution } from '../../merge/request.ts';
import { causeWords, count, verdictWords } from '../../merge/wording.ts';
import { line, tailLines, type Line } from './line.ts';
import { partnerWords, questionBox } from './question.ts';
import { nameOf } from './request.ts';

const NAME = '[Merge Coordinator]';
const TAIL_LINES = 15;
const NAMES_SHOWN = 50;

type SeenLane = Pick<Lane, 'target' | 'requests'>;

/** One batch, as the coordinator publishes it; `lane` is the lane after the whole batch. */
export function timeline(events: readonly LedgerEvent[], lane: SeenLane, columns: number): readonly Line[] {
  const requested = events.flatMap((event) => event.kind === 'requested' ? [lane.requests.get(event.id)].filter((one) => one !== undefined) : []);
  return [...detected(requested, lane.target), ...events.flatMap((event) => linesOf(event, lane, columns))];
}

export function linesOf(event: LedgerEvent, lane: SeenLane, columns: number): readonly Line[] {
  const name = (id: RequestId): string => nameById(id, lane);
  const target = printable(shortName(lane.target));
  switch (event.kind) {
    // Said for the whole batch at once.
    case 'requested': return [];
    // Steps inside the machine: `maestro explain` tells them.
    case 'met': case 'skipped': case 'forgotten': case 'released': case 'intended': case 'tip': case 'promoted': case 'rolled-back': return [];
    case 'retried': return [said(`${name(event.id)} is queued again (${printable(event.by)})`)];
    case 'held': return held(event, lane);
    case 'built': return [said(`Processing ${name(event.id)}...`)];
    case 'dropped': return [line('quiet', `… ${event.ids.length === 1 ? event.ids.map(name).join('') : count(event.ids.length, 'candidate')} to be merged again: ${printable(event.why)}`)];
    case 'conflicted': return [said(`Processing ${name(event.id)}...`), ...conflictLines(event.conflict)];
    case 'asked': return asked(event, lane, columns);
    case 'voted': return [];
    case 'decided': return decided(name(event.id), event.resolution);
    case 'tasked': return event.tasks.flatMap((task) => [said(`Creating refactor task for ${printable(task.branch)}:`), line('plain', `"${printable(task.text)}"`)]);
    case 'gated': return event.verdict.kind === 'failed' ? [line('bad', `✗ Gate failed on ${event.ids.map(name).join(', ')} (${causeWords(event.verdict)}): ${printable(event.verdict.gate)}`)] : [];
    case 'baseline': return event.verdict.kind === 'failed' ? [line('bad', `✗ ${target} itself fails its gate (${causeWords(event.verdict)}): ${printable(event.verdict.gate)}`)] : [];
    case 'landed': case 'entered': return landed(event.atMs, lane);
    case 'not-landed': return [line('quiet', `… not landed on ${target}: ${printable(event.why)}`)];
    case 'rejected': return rejected(name(event.id), event.reason);
    case 'superseded': return [line('quiet', `… ${name(event.id)} ${event.id.slice(0, 12)} is superseded: ${event.by === null ? 'its branch moved on to an unmarked commit' : 'a newer commit of the branch is ready'}`)];
    case 'cancelled': return [line('quiet', `… ${name(event.id)} was cancelled by ${printable(event.by)}`)];
    case 'paused': return [said(`${target} is paused by ${printable(event.by)}; maestro resume ${target} goes on`)];
    case 'resumed': return [said(`${target} goes on (${printable(event.by)})`)];
    case 'taken-off': return event.ids.length === 0 ? [] : [line('bad', `✗ ${target} was moved back past Maestro and no longer holds ${event.ids.map(name).join(', ')}; maestro retry lands one again`)];
    case 'stopped': return standstill(target, event.alarm);
  }
}

/** `target` is ready to be shown. */
export function standstill(target: string, { kind, detail }: Alarm): readonly Line[] {
  return [line('bad', `✗ ${target} stands still (${kind}): ${printable(detail)}`), line('plain', `  next: maestro resume ${target}, once that is as it should be`)];
}

function detected(requests: readonly MergeRequest[], target: RefName): readonly Line[] {
  const branches = requests.filter((one) => one.kind.kind === 'branch');
  const others = requests.filter((one) => one.kind.kind !== 'branch').map((one) => said(`Queued ${nameOf(one)} into ${printable(shortName(target))}`));
  const [only] = branches;
  if (only === undefined) return others;
  if (branches.length === 1) return [said(`Detected ${nameOf(only)} ready for merge into ${printable(shortName(target))}`), ...others];
  const hidden = branches.length - NAMES_SHOWN;
  return [said(`Detected ${branches.length} branches ready for merge into ${printable(shortName(target))}:`), ...branches.slice(0, NAMES_SHOWN).map((one) => line('plain', `- ${nameOf(one)}`)), ...(hidden > 0 ? [line('plain', `- and ${hidden} more`)] : []), ...others];
}

function held({ id, hold }: Extract<LedgerEvent, { kind: 'held' }>, lane: SeenLane): readonly Line[] {
  const name = nameById(id, lane);
  switch (hold.kind) {
    case 'conflict-ahead': return [line('ask', `… ${name} waits: it conflicts in ${hold.paths.map((path) => printable(path)).join(', ')} with ${hold.behind.map((one) => nameById(one, lane)).join(', ')}, which has not landed yet`)];
    case 'ahead': return [line('ask', `… ${name} waits for ${hold.behind.map((one) => nameById(one, lane)).join(', ')}: ${printable(hold.why)}`)];
    case 'target-red': return [line('ask', `… ${name} waits: ${printable(shortName(lane.target))} itself fails its gate`), ...quote(hold.tail)];
  }
}

function conflictLines(conflict: Extract<LedgerEvent, { kind: 'conflicted' }>['conflict']): readonly Line[] {
  const partners = partnerWords(conflict.partners);
  return conflict.paths.map((path) => line('bad', `✗ CONFLICT in ${printable(path.path)}${path.kind === 'content' ? '' : ` (${path.kind})`}${partners === '' ? '' : ` (with ${partners})`}`));
}

function asked(event: Extract<LedgerEvent, { kind: 'asked' }>, lane: SeenLane, columns: number): readonly Line[] {
  const request = lane.requests.get(event.id);
  return request === undefined ? [] : [...mindsLines(event.question.minds), said('Escalating to human decision...'), line('plain', ''), ...questionBox(request, event.question, columns), line('plain', '')];
}

function decided(name: string, { how, choices, by, minds }: Resolution): readonly Line[] {
  switch (how) {
    case 'person': return [said(`Applying human decision for ${name}: ${choices.join('')} (${printable(by)})`)];
    case 'diff3': return [said(`Resolving ${name} by diff3`)];
    case 'consensus': return [...mindsLines(minds), line('good', `✓ Applying consensus merge: ${name}`)];
  }
}

/** The rounds, as they were held. */
function mindsLines(minds: Minds | undefined): readonly Line[] {
  return (minds?.files ?? []).flatMap((file) => [said(`CONSENSUS on ${printable(file.path)}`), ...roundsOf(file)]);
}

export function roundsOf({ lines }: Thought): readonly Line[] {
  return lines.map((text) => line('plain', `  ${printable(text)}`));
}

/** The event carries no names: what landed in this very moment is what it is about. */
function landed(atMs: number, lane: SeenLane): readonly Line[] {
  const now = [...lane.requests.values()].filter((one) => (one.phase.state === 'landed') && one.phase.atMs === atMs);
  return now.flatMap((request) => request.phase.state === 'landed' ? [line('good', `✓ ${landedWords(request)}: ${nameOf(request)}  (${request.id}, ${verdictWords(request.phase.verdict)})${request.phase.candidate.pathCount === 0 ? `; ${NOTHING_CHANGED}` : ''}`)] : []);
}

function landedWords(request: MergeRequest): string {
  const target = printable(shortName(request.target));
  if (request.kind.kind === 'rollback') return `Rolled back on ${target}`;
  if (request.resolution?.how === 'person') return `Merge complete, landed on ${target}`;
  return request.resolution === null ? `Clean merge to ${target}` : `Merge by ${request.resolution.how} to ${target}`;
}

function rejected(name: string, reason: Reason): readonly Line[] {
  const advice = adviceOn(reason);
  const evidence = 'tail' in reason ? [...quote(reason.tail), ...(reason.log === null ? [] : [line('quiet', `  whole log: ${printable(reason.log)}`)])] : [];
  return [line('bad', `✗ ${name} does not land (${reason.code}): ${printable(advice.cause)}`), ...evidence, line('plain', `  ${turnWords(advice)}: ${printable(advice.next)}`)];
}

export function turnWords(advice: Advice): string {
  switch (advice.turn) {
    case 'author': return 'the author\'s turn';
    case 'owner': return 'the owner\'s turn';
    case 'operator': return 'your turn';
    case 'nobody': return 'nobody\'s turn';
  }
}

function quote(tail: string): readonly Line[] {
  return tailLines(tail, TAIL_LINES).filter((text) => text !== '').map((text) => line('quiet', `  | ${text}`));
}

function nameById(id: RequestId, lane: SeenLane): string {
  const request = lane.requests.get(id);
  return request === undefined ? id : nameOf(request);
}

function said(text: string): Line {
  return line('head', `${NAME} ${text}`);
}
