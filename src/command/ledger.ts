// The counter's answers read from the ledger of a coordinator that is not running. Changes no file.
import { publicName } from '../adapter/git/address.ts';
import type { Place } from '../adapter/local/place.ts';
import { openSqliteStoreReadOnly } from '../adapter/sqlite/read-only.ts';
import { IGNORED_NOTE } from '../coordinator/coordinator.ts';
import { positions, recentlyClosed, suspectedBy, tell, waitsFor } from '../coordinator/explain.ts';
import { theOneNamed, type Found } from '../coordinator/name.ts';
import { MaestroError } from '../error.ts';
import { adviceFor } from '../merge/advice.ts';
import { shortName, type RefName } from '../merge/branch.ts';
import { emptyLane, fold, type Lane } from '../merge/lane.ts';
import { lessonsOf } from '../merge/memory.ts';
import { DEFAULT_POLICY } from '../merge/policy.ts';
import { openTasks } from '../merge/refactor.ts';
import type { MergeRequest } from '../merge/request.ts';
import { targetRuleOf } from '../merge/route.ts';
import type { View } from '../merge/turn.ts';
import { rollOf, type Roll } from '../queue/dependency.ts';
import type { Control, Explanation, Ignored } from '../port/control.ts';


/** Null when there is no ledger yet. */
export async function readLedger(place: Place, nowMs: number): Promise<Pick<Control, 'status' | 'explain' | 'tasks' | 'lessons'> | null> {
  const store = await openSqliteStoreReadOnly(place.ledger);
  if (store === null) return null;
  const histories = await store.load();
  const ignored = ignoredIn(await store.recall(IGNORED_NOTE));
  await store.close();
  const lanes: ReadonlyMap<RefName, Lane> = new Map(histories.map(({ target, events }) => [target, fold(emptyLane(target), events)]));
  const roll = rollOf([...lanes.values()]);
  return {
    status: () => Promise.resolve({ running: false, remote: publicName(place.remote), marker: null, trouble: null, ignored, startedAtMs: nowMs, lanes: [...lanes.values()].map((lane) => laneStatus(lane, lanes, roll, nowMs)) }),
    tasks: () => Promise.resolve([...lanes.values()].flatMap(openTasks)),
    lessons: () => Promise.resolve([...lanes.values()].flatMap((lane) => lessonsOf(lane.memory, nowMs))),
    explain: async (id) => {
      const { request, lane } = find(id, lanes);
      return explanation(request, lane, lanes, roll, nowMs, await storyOf(place, request));
    },
  };
}

function ignoredIn(note: string | null): readonly Ignored[] {
  return note === null ? [] : JSON.parse(note) as readonly Ignored[];
}

function laneStatus(lane: Lane, lanes: ReadonlyMap<RefName, Lane>, roll: Roll, nowMs: number) {
  return {
    target: shortName(lane.target),
    tip: lane.tip,
    pausedBy: lane.pausedBy,
    alarm: lane.alarm,
    landing: lane.landing,
    open: positions(lane, viewOf(lane, lanes, nowMs)).map((request, position) => ({ request, position, waitsFor: waitsFor(request, lane, roll) })),
    closed: recentlyClosed(lane),
  };
}

function explanation(request: MergeRequest, lane: Lane, lanes: ReadonlyMap<RefName, Lane>, roll: Roll, nowMs: number, story: Explanation['story']): Explanation {
  const place = positions(lane, viewOf(lane, lanes, nowMs)).findIndex((one) => one.id === request.id);
  return {
    request,
    position: place === -1 ? null : place,
    waitsFor: waitsFor(request, lane, roll),
    advice: adviceFor(request),
    suspectedBy: suspectedBy(request, lane),
    story,
  };
}

async function storyOf(place: Place, request: MergeRequest): Promise<Explanation['story']> {
  const store = await openSqliteStoreReadOnly(place.ledger);
  const history = await store?.history(request.id);
  await store?.close();
  return (history?.events ?? []).map((event) => ({ atMs: event.atMs, text: tell(event, request.id) }));
}

/** As the running coordinator finds it. */
function find(id: string, lanes: ReadonlyMap<RefName, Lane>): Found {
  const found = theOneNamed(id, lanes.values());
  if (found === null) throw new MaestroError('unknown-request', `nothing is known of "${id}"`, { next: 'maestro status' });
  return found;
}

/** Without a coordinator nobody knows the rules in force; the order of waiting is shown by the defaults. */
function viewOf(lane: Lane, lanes: ReadonlyMap<RefName, Lane>, nowMs: number): View {
  return { nowMs, lookedAtMs: nowMs, rule: targetRuleOf(DEFAULT_POLICY, lane.target), ruleTip: null, limits: DEFAULT_POLICY.limits, consensus: DEFAULT_POLICY.consensus, routing: DEFAULT_POLICY, defaultBranch: lane.target, lanes };
}
