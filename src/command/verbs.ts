// Which verbs there are, and what every one of them takes. A verb is loaded only when it is the one that was called.
import type { Verb } from './verb.ts';

type Entry = { readonly name: string; readonly what: string; readonly load: () => Promise<Verb> };

/** In the order of a first day. */
export const VERBS: readonly Entry[] = [
  { name: 'demo', what: 'four agents, a consensus and a question, on real Git, in 20 seconds', load: async () => (await import('./demo.ts')).demoCommand },
  { name: 'init', what: 'write a commented .github/maestro.yml for the branches this clone has', load: async () => (await import('./init.ts')).init },
  { name: 'start', what: 'run the coordinator: land every branch that is pushed with READY_TO_MERGE', load: async () => (await import('./start.ts')).start },
  { name: 'serve', what: 'run the GitHub App: webhooks in, check runs, questions and landings out', load: async () => (await import('./serve.ts')).serve },
  { name: 'status', what: 'what is queued, gating, landing and asked, lane by lane', load: async () => (await import('./status.ts')).status },
  { name: 'explain', what: 'why one merge request is where it is, and whose turn it is', load: async () => (await import('./explain.ts')).explain },
  { name: 'radar', what: 'which live branches collide, where, and the best landing order', load: async () => (await import('./radar.ts')).radar },
  { name: 'inbox', what: 'open questions and refactor tasks', load: async () => (await import('./inbox.ts')).inbox },
  { name: 'decide', what: 'answer a question: [A] or [B]', load: async () => (await import('./decide.ts')).decide },
  { name: 'pause', what: 'start nothing more in one lane, or in all', load: async () => (await import('./pause.ts')).pause },
  { name: 'resume', what: 'go on after a pause or an alarm', load: async () => (await import('./resume.ts')).resume },
  { name: 'promote', what: 'send a target branch on into its next target', load: async () => (await import('./promote.ts')).promote },
  { name: 'cancel', what: 'take a merge request out of the queue', load: async () => (await import('./cancel.ts')).cancel },
  { name: 'retry', what: 'queue a rejected or cancelled merge request again', load: async () => (await import('./retry.ts')).retry },
  { name: 'rollback', what: 'take a landed merge back, through the same gate and landing', load: async () => (await import('./rollback.ts')).rollback },
  { name: 'certificate', what: 'what a landing can be held to: trees, gate, resolution, undo', load: async () => (await import('./certificate.ts')).certificate },
  { name: 'resolve', what: 'the conflict ladder alone: on a work tree, as merge driver, mergetool or filter', load: async () => (await import('./resolve.ts')).resolve },
  { name: 'learn', what: 'what past conflicts taught: show, reset, export', load: async () => (await import('./learn.ts')).learn },
  { name: 'replay', what: 'what the conflict ladder would have done with your own past merges', load: async () => (await import('./replay.ts')).replay },
  { name: 'doctor', what: 'check this machine, the repository, the remote and the ledger', load: async () => (await import('./doctor.ts')).doctor },
];

export const COMMON_FLAGS: Verb['flags'] = [
  ['--repo <path or URL>', 'a clone, a bare repository or the URL of a remote (default: here)'],
  ['--state <dir>', 'where Maestro keeps its ledger and mirror (default: maestro/ in the git directory)'],
  ['--json', 'for programs: JSON on stdout'],
];
