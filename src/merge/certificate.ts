// What a landing can be held to: written before the push, pushed beside it, readable without Maestro (`git show refs/maestro/merge/<id>`).
import { shortName, type Oid } from './branch.ts';
import type { Intent } from './event.ts';
import type { MergeRequest, Resolution, Verdict } from './request.ts';

/** An empty branch, or one whose changes came in another way: it lands, so that its commits are in, and says so. */
export const NOTHING_CHANGED = 'it changes nothing in the target';

/** Asked for again at each turn while the push is under way. */
const written = new WeakMap<MergeRequest, { readonly intent: Intent; readonly text: string }>();

/** JSON of one landing; `version` grows when a field changes its meaning. All times UTC. */
export function certificate(request: MergeRequest, intent: Intent): string {
  const before = written.get(request);
  if (before?.intent === intent) return before.text;
  const text = textOf(request, intent);
  written.set(request, { intent, text });
  return text;
}

function textOf(request: MergeRequest, intent: Intent): string {
  const { phase } = request;
  if (phase.state !== 'landing' && phase.state !== 'landed' && phase.state !== 'rolled-back') return '';
  const { candidate } = phase;
  return `${JSON.stringify({
    version: 1,
    id: request.id,
    kind: request.kind.kind,
    ...(request.kind.kind === 'rollback' || request.kind.kind === 'back-merge' ? { of: request.kind.of } : {}),
    ...(request.kind.kind === 'rollback' ? { undoes: request.kind.merge } : {}),
    branch: shortName(request.branch),
    target: shortName(request.target),
    title: request.title,
    author: request.author,
    tip: request.tip,
    merge: candidate.commit,
    onto: candidate.onto,
    tree: candidate.tree,
    how: candidate.how,
    ...(candidate.pathCount === 0 ? { note: NOTHING_CHANGED } : {}),
    gate: gateLine(phase.verdict, candidate.tree),
    resolution: request.resolution === null ? null : resolutionLines(request.resolution),
    restores: candidate.restores,
    paths: candidate.paths,
    pathCount: candidate.pathCount,
    pushedAs: { old: intent.old, new: intent.new, with: intent.requests },
    at: new Date(intent.atMs).toISOString(),
    undo: `maestro rollback ${request.id}`,
  }, null, 2)}\n`;
}

/** Who made the merge a second time, to the same tree; `engine` says what Maestro's own merge had to say where a second git was asked. */
export type SecondOpinion = { readonly by: 'engine' } | { readonly by: 'git'; readonly engine: string };

/** Known only at the push, when everything else of it is long written. */
export function withSecondOpinion(written: string, opinion: SecondOpinion): string {
  const end = '\n}\n';
  if (!written.endsWith(end)) return written;
  return `${written.slice(0, -end.length)},\n  "secondOpinion": ${JSON.stringify(opinion)}${end}`;
}

/**
 * Fields of a certificate as the remote has it, an object in JSON, that are not as this ledger would write them; empty: it is the very text.
 * Who gave the second opinion is in no ledger.
 */
export function untrueFields(read: string, request: MergeRequest, intent: Intent): readonly string[] {
  const own = certificate(request, intent);
  if (read.replace(SECOND_OPINION, '\n}\n') === own) return [];
  const [found = {}, known = {}] = [read, own].map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
  const names = [...new Set([...Object.keys(known), ...Object.keys(found)])].filter((name) => name !== 'secondOpinion');
  const untrue = names.filter((name) => JSON.stringify(found[name]) !== JSON.stringify(known[name]));
  return untrue.length > 0 ? untrue : ['how it is written'];
}

const SECOND_OPINION = /,\n {2}"secondOpinion": \{[^\n]*\}\n\}\n$/;

/** `question` is the fingerprint of the conflict that was answered. A: the target's side, B: the branch's, from C on a proposal. */
function resolutionLines({ fingerprint, by, permission, how, choices, applied = [], minds }: Resolution): object {
  const thoughts = minds === undefined ? {} : { minds: minds.files.map(({ path, conflictClass, rounds, confidence, outcome, lines, record }) => ({ path, class: conflictClass, rounds, confidence: Math.round(1000 * confidence) / 1000, outcome, precedent: record.precedent, said: lines })) };
  return { question: fingerprint, by, ...(permission === undefined ? {} : { permission }), how, choices, ...thoughts, paths: applied.map(({ path, choice, droppedOurs, droppedTheirs }) => ({ path, choice, dropped: { target: droppedOurs, branch: droppedTheirs } })) };
}

/** "No gate" is said in so many words: it is not a pass. */
function gateLine(verdict: Verdict, tree: Oid): object {
  switch (verdict.kind) {
    case 'not-configured': return { result: 'no gate configured', tree };
    case 'passed': return { result: 'passed', command: verdict.gate, tree: verdict.tree, ...(verdict.reusedFrom === undefined ? { ms: verdict.ms } : { reusedFrom: verdict.reusedFrom }), ...(verdict.tree === tree ? {} : { scope: 'chain: the last tree of the chain was gated' }) };
    case 'failed': return { result: 'failed', command: verdict.gate, tree: verdict.tree };
  }
}
