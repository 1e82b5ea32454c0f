// What a lane's conflicts taught: the fold of its ledger into lessons, from the answer until it is known what became of it. Bounded.
import { NONE } from '../consensus/ballot.ts';
import { DEFAULT_LEARNING_RULE } from '../consensus/learning.ts';
import { fateOf, identityOf, teachersOf, WATCH_MS, type Lesson, type Watched } from '../consensus/lesson.ts';
import type { Thought } from '../consensus/minds.ts';
import type { Conflict, PathConflict } from '../resolution/conflict.ts';
import type { Oid } from './branch.ts';
import type { Intent, LedgerEvent } from './event.ts';
import type { Candidate, MergeRequest, RequestId, Resolution } from './request.ts';

/** The newest: of older ones half a year of fading has left little. */
export const LESSONS_MAX = 1000;

/** A lesson that landed. `merge` holds the text that was chosen, `sides` what it was chosen from. */
export type Kept = Watched & {
  readonly lesson: Lesson;
  readonly request: RequestId;
  readonly merge: Oid;
  readonly sides: Pick<PathConflict, 'base' | 'ours' | 'theirs'>;
  /** Position in the lane's ledger. */
  readonly at: number;
};

type Answered = Pick<Kept, 'lesson' | 'sides'>;

export type Memory = {
  readonly kept: readonly Kept[];
  /** Answers that have not landed yet. */
  readonly answered: ReadonlyMap<RequestId, readonly Answered[]>;
  /** Up to here people told it to forget; it is kept, and counts no more. */
  readonly forgotten: number;
};

/** What of the lane an event is understood by. */
type Around = { readonly requests: ReadonlyMap<RequestId, MergeRequest>; readonly landing: Intent | null; readonly version: number };

export const NO_MEMORY: Memory = { kept: [], answered: new Map(), forgotten: 0 };

/** Those that count, oldest first, as they are seen at this time. */
export function lessonsOf(memory: Memory, nowMs: number): readonly Lesson[] {
  return countedIn(memory).map((one) => ({ ...one.lesson, outcome: fateOf(one, nowMs) }));
}

export function countedIn({ kept, forgotten }: Memory): readonly Kept[] {
  return kept.filter((one) => one.at > forgotten);
}

/** What the ladder may be shown: not undone, and of those that agreed by themselves only so many of one author. */
export function teaching(memory: Memory): readonly Kept[] {
  const taught = new Map<string, number>();
  const newestFirst = countedIn(memory).filter((one) => one.revertedMs === null).toReversed();
  return newestFirst.filter(({ lesson }) => {
    const teachers = teachersOf(lesson);
    if (lesson.decision?.by === 'person') return true;
    const hasRoom = teachers.every((teacher) => (taught.get(teacher) ?? 0) < DEFAULT_LEARNING_RULE.perTeacherMax);
    if (hasRoom) for (const teacher of teachers) taught.set(teacher, (taught.get(teacher) ?? 0) + 1);
    return hasRoom;
  }).toReversed();
}

/** The memory after this event; `lane` is as it was before it. */
export function remember(memory: Memory, event: LedgerEvent, lane: Around): Memory {
  switch (event.kind) {
    case 'decided': return answer(memory, event, lane.requests);
    case 'conflicted': return unanswered(touchedBy(memory, event), event.id);
    case 'rejected': case 'superseded': case 'cancelled': return unanswered(memory, event.id);
    case 'landed': return (lane.landing?.requests ?? []).reduce((so, id) => land(so, lane.requests.get(id), null, event.atMs, lane.version), memory);
    case 'entered': return event.merges.reduce((so, { id, candidate }) => land(so, lane.requests.get(id), candidate, event.atMs, lane.version), memory);
    case 'rolled-back': return change(memory, ({ request, revertedMs }) => request === event.id && revertedMs === null, (one) => ({ ...one, revertedMs: event.atMs }));
    case 'taken-off': return takeOff(memory, event, lane.requests);
    case 'forgotten': return { ...memory, forgotten: lane.version };
    case 'requested': case 'retried': case 'met': case 'held': case 'released': case 'built': case 'dropped': case 'voted': case 'asked': case 'tasked': case 'gated':
    case 'baseline': case 'intended': case 'not-landed': case 'tip': case 'paused': case 'resumed': case 'stopped': case 'skipped': case 'promoted': return memory;
  }
}

function answer(memory: Memory, { id, atMs, resolution }: Extract<LedgerEvent, { kind: 'decided' }>, requests: Around['requests']): Memory {
  const request = requests.get(id);
  const conflict = request === undefined ? null : conflictOf(request);
  const { minds } = resolution;
  if (request === undefined || conflict === null || minds === undefined) return memory;
  const authors = authorsOf(request, conflict, requests);
  const lessons = minds.files.flatMap((thought): readonly Answered[] => {
    const at = conflict.paths.findIndex(({ path: name }) => name === thought.path);
    const path = conflict.paths[at];
    // Where there was nothing to choose from nothing was learned.
    if (path === undefined || thought.record.options.length === 0) return [];
    const { base, ours, theirs } = path;
    return [{ lesson: lessonOf(`${id}-${at + 1}`, atMs, thought, resolution, at, authors), sides: { base, ours, theirs } }];
  });
  return { ...memory, answered: new Map([...memory.answered, [id, lessons]]) };
}

function conflictOf({ phase }: MergeRequest): Conflict | null {
  return phase.state === 'escalated' ? phase.question.conflict : phase.state === 'deliberating' ? phase.conflict : null;
}

function authorsOf(request: MergeRequest, { partners }: Conflict, requests: Around['requests']): readonly string[] {
  const others = partners.flatMap(({ request: id }) => [...requests.values()].filter((one) => one.id === id).map((one) => one.author));
  return [...new Set([request.author, ...others])];
}

function lessonOf(id: string, atMs: number, { path, conflictClass, rounds, confidence, outcome, record }: Thought, resolution: Resolution, at: number, authors: readonly string[]): Lesson {
  const letter = resolution.choices[resolution.choices.length === 1 ? 0 : at];
  const { hunks, options, letters, best, votes, rationale } = record;
  const decision: Lesson['decision'] = resolution.how === 'person'
    ? { by: 'person', person: resolution.by, option: (letter === undefined ? undefined : letters[letter]) ?? NONE }
    : { by: 'consensus', option: best };
  return {
    id, atMs, conflictClass, file: path, fingerprint: hunks, approaches: options,
    consensus: { settled: outcome.kind === 'settled', option: best, confidence, rounds, why: outcome.kind === 'settled' ? '' : outcome.code },
    votes, decision, rationale, authors, outcome: 'watched',
  };
}

function unanswered(memory: Memory, id: RequestId): Memory {
  return memory.answered.has(id) ? { ...memory, answered: new Map([...memory.answered].filter(([other]) => other !== id)) } : memory;
}

/** `entered`: the commit the forge's queue made of it. */
function land(memory: Memory, request: MergeRequest | undefined, entered: Candidate | null, landedMs: number, at: number): Memory {
  if (request?.phase.state !== 'landing') return memory;
  const candidate = entered ?? request.phase.candidate;
  const seen = changedBy(memory, request, candidate, landedMs);
  const fresh = (seen.answered.get(request.id) ?? []).map((one): Kept => ({ ...one, request: request.id, merge: candidate.commit, landedMs, revertedMs: null, touchedMs: null, at }));
  return fresh.length === 0 ? seen : { ...unanswered(seen, request.id), kept: [...seen.kept, ...fresh].slice(-LESSONS_MAX) };
}

/** Whose rollback went with them counts as before. */
function takeOff(memory: Memory, { ids, back, atMs }: Extract<LedgerEvent, { kind: 'taken-off' }>, requests: Around['requests']): Memory {
  const gone = new Set(ids);
  const merges = new Set(back.flatMap((id) => {
    const phase = requests.get(id)?.phase;
    return phase?.state === 'rolled-back' ? [phase.candidate.commit] : [];
  }));
  const without = change(memory, ({ request, revertedMs }) => gone.has(request) && revertedMs === null, (one) => ({ ...one, revertedMs: atMs }));
  return change(without, ({ merge, revertedMs }) => merges.has(merge) && revertedMs !== null, (one) => ({ ...one, revertedMs: null }));
}

/** Somebody of those concerned changed the file again: perhaps to put right what was chosen. */
function changedBy(memory: Memory, { author }: MergeRequest, { paths }: Candidate, atMs: number): Memory {
  return touch(memory, atMs, ({ lesson }) => paths.includes(lesson.file) && lesson.authors.some((one) => identityOf(one) === identityOf(author)));
}

/** The lines that were chosen are in conflict themselves. */
function touchedBy(memory: Memory, { atMs, conflict }: Extract<LedgerEvent, { kind: 'conflicted' }>): Memory {
  return touch(memory, atMs, ({ request, lesson }) => conflict.partners.some((partner) => partner.request === request) && conflict.paths.some(({ path }) => path === lesson.file));
}

function touch(memory: Memory, atMs: number, isMeant: (one: Kept) => boolean): Memory {
  return change(memory, (one) => one.touchedMs === null && atMs < one.landedMs + WATCH_MS && isMeant(one), (one) => ({ ...one, touchedMs: atMs }));
}

function change(memory: Memory, isMeant: (one: Kept) => boolean, changed: (one: Kept) => Kept): Memory {
  return memory.kept.some(isMeant) ? { ...memory, kept: memory.kept.map((one) => isMeant(one) ? changed(one) : one) } : memory;
}
