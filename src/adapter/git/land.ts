// The landing protocol: verify, pin, push with leases, then believe only what the remote is seen to hold. Builds no merge.
import { setTimeout as sleep } from 'node:timers/promises';
import { MaestroError } from '../../error.ts';
import { shortName } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import { withSecondOpinion } from '../../merge/certificate.ts';
import type { SecondOpinion } from '../../merge/certificate.ts';
import type { Landing } from '../../merge/effect.ts';
import type { Intent } from '../../merge/event.ts';
import type { LandOutcome } from '../../merge/observation.ts';
import type { Commit } from '../../port/git.ts';
import type { Mirror } from './mirror.ts';
import type { ObjectWriter } from './object.ts';
import { push } from './push.ts';
import type { AuditRecord, PushAnswer, Stock } from './push.ts';
import type { Remote } from './remote.ts';
import { verify } from './verify.ts';
import type { Recompute } from './verify.ts';

export type LandContext = {
  readonly mirror: Mirror;
  readonly remote: Remote;
  readonly writer: ObjectWriter;
  readonly reader: Stock;
  /** Who the tag objects say they are from. */
  readonly identity: string;
  readonly pushTimeoutMs: number;
  commit(oid: Oid): Promise<Commit | null>;
  /** Is `a` in the history of `b`? Both are in the mirror. */
  isAncestor(a: Oid, b: Oid): Promise<boolean>;
} & Recompute;

export const PUSH_TIMEOUT_MS = 120_000;
const FURTHER_LOOKS_MS: readonly number[] = [200, 800];

/** `resumed`: an earlier life may have pushed this already, so the remote is asked before anything else. */
export async function land(context: LandContext, intent: Intent, landings: readonly Landing[], resumed: boolean): Promise<LandOutcome> {
  if (resumed) {
    const known = await settle(context, intent, landings, null);
    if (known !== null) return known;
  }
  const verified = await verify(context, intent, landings);
  // Thrown away with the mirror: planned again from the same tip it is the same commit again.
  if (verified.kind === 'lost') return { kind: 'stale', tip: intent.old };
  if (verified.kind === 'wrong') return { kind: 'alarm', alarm: { kind: 'read-back', detail: verified.detail }, tip: null };
  for (const landing of landings) context.mirror.writeRef(pinOf(landing), landing.commit);
  const records = landings.map((landing, at) => recordOf(context, landing, verified.opinions[at]));
  const answer = await pushOnce(context, intent, landings, records);
  const outcome = await settle(context, intent, landings, answer);
  if (outcome === null) throw undecided(intent, answer);
  return outcome;
}

/** A merge that lands a second time (after a rollback) meets the record of its first landing, and gets one of its own beside it. */
async function pushOnce(context: LandContext, intent: Intent, landings: readonly Landing[], records: readonly AuditRecord[]): Promise<PushAnswer> {
  const move = { target: intent.target, old: intent.old, new: intent.new, held: landings.map(({ tip }) => tip) };
  const answer = await push(context.mirror, context.reader, { ...move, records }, context.pushTimeoutMs);
  if (answer.kind !== 'stale' || answer.refs.includes(intent.target)) return answer;
  const held = await context.remote.refs(records.map(({ ref }) => ref));
  const fresh = records.flatMap((record, index) => {
    const there = held.get(record.ref);
    const commit = landings[index]?.commit;
    if (there === undefined || commit === undefined) return [record];
    return there === commit ? [] : [{ ...record, ref: `${record.ref}-${commit}` }];
  });
  return push(context.mirror, context.reader, { ...move, records: fresh }, context.pushTimeoutMs);
}

/**
 * What the remote holds, as an outcome. null: it still holds the old value and nothing says that it will stay so.
 * Target and records of one push do not become visible in the same moment, and an earlier life's push may end between two
 * questions: a target without its merges is looked at again before anybody is alarmed.
 */
async function settle(context: LandContext, intent: Intent, landings: readonly Landing[], answer: PushAnswer | null, looks = FURTHER_LOOKS_MS): Promise<LandOutcome | null> {
  const tip = await context.remote.tip(intent.target);
  if (tip === intent.new) return landed(context, intent, landings, tip);
  if (tip === null) return { kind: 'missing' };
  if (tip !== intent.old) return settleMoved(context, intent, landings, answer);
  if (answer?.kind === 'refused') return answer;
  if (!await wasApplied(context, landings, answer)) return null;
  const [pauseMs, ...later] = looks;
  if (pauseMs === undefined) return alarm('rewound', intent, tip, 'it was landed and is back at the value before');
  await sleep(pauseMs);
  return settle(context, intent, landings, answer, later);
}

async function settleMoved(context: LandContext, intent: Intent, landings: readonly Landing[], answer: PushAnswer | null): Promise<LandOutcome> {
  const tip = (await context.remote.fetch([intent.target])).get(intent.target);
  if (tip === null) return { kind: 'missing' };
  if (tip === undefined) return { kind: 'alarm', alarm: { kind: 'unfetchable', detail: `The new tip of ${shortName(intent.target)} cannot be fetched: ${context.remote.refused.get(intent.target)?.why ?? 'git refused it'}.` }, tip: null };
  if (await holds(context, tip, intent.new)) return landed(context, intent, landings, tip);
  if (await wasApplied(context, landings, answer)) return alarm('rewound', intent, tip, 'it was landed and the target holds it no longer');
  if (await holds(context, tip, intent.old)) return { kind: 'stale', tip };
  if (await holds(context, intent.old, tip)) return alarm('rewound', intent, tip, 'commits were taken off the target');
  return alarm('diverged', intent, tip, 'the target was replaced by another history');
}

/** The records went in the same atomic push: where one is, the target was moved. */
async function wasApplied(context: LandContext, landings: readonly Landing[], answer: PushAnswer | null): Promise<boolean> {
  if (answer?.kind === 'accepted') return true;
  if (answer?.kind === 'stale' || answer?.kind === 'refused') return false;
  const refs = landings.flatMap((landing) => [refOf(landing), `${refOf(landing)}-${landing.commit}`]);
  const held = new Set((await context.remote.refs(refs)).values());
  return landings.some((landing) => held.has(landing.commit));
}

async function holds(context: LandContext, tip: Oid, commit: Oid): Promise<boolean> {
  // What the mirror lacks after a fetch of the tip cannot be in the tip's history.
  if (await context.commit(commit) === null || await context.commit(tip) === null) return false;
  return context.isAncestor(commit, tip);
}

function landed(context: LandContext, intent: Intent, landings: readonly Landing[], tip: Oid): LandOutcome {
  // The target's own ref holds all of it from here on.
  context.remote.note(intent.target, tip);
  for (const landing of landings) context.mirror.removeRef(pinOf(landing));
  return { kind: 'landed' };
}

function alarm(kind: 'rewound' | 'diverged', intent: Intent, tip: Oid, how: string): LandOutcome {
  const detail = `${shortName(intent.target)} is at ${tip.slice(0, 12)} instead of ${intent.new.slice(0, 12)}: ${how}.`;
  return { kind: 'alarm', alarm: { kind, detail }, tip };
}

function undecided(intent: Intent, answer: PushAnswer): MaestroError {
  const why = answer.kind === 'unclear' ? answer.detail : 'somebody else was pushing';
  return new MaestroError('unreachable', `The push to ${shortName(intent.target)} did not get through: ${why}`, { retryable: true });
}

function recordOf({ writer, identity }: LandContext, landing: Landing, opinion: SecondOpinion | undefined): AuditRecord {
  const ref = refOf(landing);
  const message = opinion === undefined ? landing.certificate : withSecondOpinion(landing.certificate, opinion);
  return { ref, tag: writer.tag({ object: landing.commit, name: ref.slice('refs/'.length), identity, atMs: landing.atMs, message }) };
}

function refOf(landing: Landing): string {
  return `refs/maestro/merge/${checkedId(landing)}`;
}

function pinOf(landing: Landing): string {
  return `refs/maestro/pin/${checkedId(landing)}`;
}

function checkedId(landing: Landing): string {
  if (!/^[0-9a-z]{1,64}$/.test(landing.id)) throw new MaestroError('internal', 'A request id that cannot be part of a ref reached the git adapter.');
  return landing.id;
}
