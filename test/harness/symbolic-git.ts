// The git port over a symbolic history and remote. Every call goes through `call`, so that chance decides when and whether it happens.
import { parseCertificate } from '../../src/adapter/git/certificate-text.ts';
import { MaestroError } from '../../src/error.ts';
import type { RefName } from '../../src/merge/branch.ts';
import type { Effect, Inverse, Landing } from '../../src/merge/effect.ts';
import type { Intent } from '../../src/merge/event.ts';
import type { LandOutcome } from '../../src/merge/observation.ts';
import type { FileContent, Git } from '../../src/port/git.ts';
import type { Place } from './fault.ts';
import type { History } from './history.ts';
import { buildAnswer, buildChain, buildOptions, conflictFiles, textOf, NO_MERGE_BUGS, type MergeBugs } from './symbolic-merge.ts';
import type { Push, PushAnswer, SymbolicRemote } from './symbolic-remote.ts';

export type Call = <T>(place: Place, label: string, work: () => T | Promise<T>) => Promise<T>;
/** Told when the coordinator starts work for a lane; what a pause must hold back. */
export type Started = (what: string, target: RefName, build?: Extract<Effect, { kind: 'build' }>) => void;
/** Planted by the simulation: what an adapter could get wrong. */
export type GitBugs = MergeBugs & { readonly trustsLease: boolean; readonly trustsPush: boolean };
export const NO_GIT_BUGS: GitBugs = { ...NO_MERGE_BUGS, trustsLease: false, trustsPush: false };

export type Hands = { readonly history: History; readonly remote: SymbolicRemote; readonly call: Call; readonly push: (push: Push) => Promise<PushAnswer | { readonly kind: 'unclear' }>; readonly started: Started };

export function openSymbolicGit(hands: Hands, bugs: GitBugs = NO_GIT_BUGS): Git {
  const { history, remote, call, started } = hands;
  return {
    remoteHeads: () => call('net', 'ls-remote', () => new Map(remote.refs)),
    defaultBranch: () => Promise.resolve('refs/heads/main'),
    refused: new Map(),
    fetch: (refs) => call('net', 'fetch', () => new Map(refs.map((ref) => [ref, remote.tip(ref)]))),
    commit: (oid) => call('local', 'commit', () => history.find(oid)),
    file: (commit, path) => call('local', 'file', () => contentOf(history.find(commit)?.files.get(path))),
    text: (blob) => Promise.resolve(textOf(blob)),
    relation: (a, b) => call('local', 'relation', () => history.relation(a, b)),
    build: (effect) => {
      started('build', effect.target, effect);
      return call('local', 'build', () => buildChain(history, effect, bugs));
    },
    options: (request, onto, conflict, diff3, ...more: readonly (readonly Inverse[])[]) => {
      started('options', request.target);
      return call('local', 'options', () => buildOptions(history, request, onto, conflict, diff3, more[0] ?? []));
    },
    conflictFiles: (request, onto, conflict, inverses) => Promise.resolve(conflictFiles(history, request, onto, conflict, inverses)),
    answer: (request, onto, conflict, choices, inverses) => call('local', 'answer', () => buildAnswer(history, request, onto, conflict, choices, inverses)),
    droppedBy: (_request, conflict, choices) => call('local', 'dropped', () => conflict.paths.map(({ path }, at) => ({ path, side: choices[at] === 'B' ? ('ours' as const) : ('theirs' as const), patch: `-${path}`, hunksLeft: 0, blob: null }))),
    land: (intent, landings, resumed) => {
      started('land', intent.target);
      return land(hands, bugs, intent, landings, resumed);
    },
    isMergeOf: () => Promise.resolve(true),
    callBack: () => Promise.resolve(false),
    publish: () => Promise.resolve(),
    withdraw: () => Promise.resolve(),
    certificate: (id) => call('net', 'certificate', () => remote.certificate(id) ?? ''),
    landed: (id) => call('net', 'certificate', () => parseCertificate(remote.certificate(id) ?? '')),
    testaments: () => call('net', 'testaments', () => new Map(remote.testaments)),
    bequeath: (target, testament) => call('net', 'bequeath', () => void (testament === null ? remote.testaments.delete(target) : remote.testaments.set(target, testament))),
    close: () => Promise.resolve(),
  };
}

function contentOf(text: string | undefined): FileContent {
  return text === undefined ? { kind: 'absent' } : { kind: 'text', text };
}

/** The landing protocol as the port promises it. It does not look at what it pushes: the simulation's own checks do. */
async function land(hands: Hands, bugs: GitBugs, intent: Intent, landings: readonly Landing[], resumed: boolean): Promise<LandOutcome> {
  if (resumed) {
    const known = await settle(hands, bugs, intent, landings, null);
    if (known !== null) return known;
  }
  const answer = await hands.push({ ref: intent.target, old: intent.old, new: intent.new, intent: intent.id, records: landings.map(({ commit, id, certificate }) => ({ commit, id, certificate })) });
  if (bugs.trustsPush && answer.kind !== 'refused') return { kind: 'landed' };
  const outcome = await settle(hands, bugs, intent, landings, answer);
  if (outcome === null) throw new MaestroError('unreachable', 'the push did not get through', { retryable: true });
  return outcome;
}

type Answer = Awaited<ReturnType<Hands['push']>>;

async function settle({ call, remote, history }: Hands, bugs: GitBugs, intent: Intent, landings: readonly Landing[], answer: Answer | null): Promise<LandOutcome | null> {
  return call('net', 'read back', () => {
    const tip = remote.tip(intent.target);
    if (tip === null) return { kind: 'missing' };
    if (tip === intent.old) return atOld(answer, intent);
    // A planted bug: whatever is not what we just pushed is somebody else's.
    if (!bugs.trustsLease && history.isAncestor(intent.new, tip)) return { kind: 'landed' };
    if (bugs.trustsLease && answer?.kind === 'accepted') return { kind: 'landed' };
    if (!bugs.trustsLease && wasApplied(answer)) return alarm('rewound');
    if (history.isAncestor(intent.old, tip)) return { kind: 'stale', tip };
    return alarm(history.isAncestor(tip, intent.old) ? 'rewound' : 'diverged');

    function alarm(kind: 'rewound' | 'diverged'): LandOutcome {
      return { kind: 'alarm', alarm: { kind, detail: `the target is ${kind}` }, tip };
    }
  });

  function atOld(was: Answer | null, { old }: Intent): LandOutcome | null {
    if (was?.kind === 'refused') return { kind: 'refused', detail: was.detail, everyone: false };
    return wasApplied(was) ? { kind: 'alarm', alarm: { kind: 'rewound', detail: 'it was landed and is back' }, tip: old } : null;
  }

  function wasApplied(was: Answer | null): boolean {
    if (was?.kind === 'accepted') return true;
    if (was?.kind === 'stale' || was?.kind === 'refused') return false;
    return landings.some(({ commit }) => remote.records.has(commit));
  }
}
