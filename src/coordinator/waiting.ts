// The counter of a coordinator that has not seen its remote yet: says that it waits and for what. Knows no lane; there is none.
import { MaestroError } from '../error.ts';
import type { Control } from '../port/control.ts';

/** `trouble`: why the remote did not answer. */
export function waitingControl(remote: string, startedAtMs: number, trouble: string): Control {
  const notYet = (): Promise<never> => Promise.reject(new MaestroError('unreachable', trouble, { retryable: true, next: 'maestro doctor' }));
  return {
    status: () => Promise.resolve({ running: true, remote, marker: null, trouble, lanes: [], ignored: [], startedAtMs }),
    tasks: () => Promise.resolve([]),
    lessons: () => Promise.resolve([]),
    radar: () => Promise.resolve({ lanes: [], trouble }),
    explain: notYet, decide: notYet, cancel: notYet, retry: notYet, pause: notYet, resume: notYet, rollback: notYet, promote: notYet, certificate: notYet, forget: notYet,
  };
}
