// A coordinator at work: its inbox, its look-out, its clock. What the doors start, drain and stop.
import { MaestroError } from '../error.ts';
import type { RefName } from '../merge/branch.ts';
import { Coordinator, type Ports } from './coordinator.ts';
import { openLookout, type Lookout } from './lookout.ts';

const LOOK = 'look';
const LOOK_RETRY_FIRST_MS = 500;
const LOOK_RETRY_LAST_MS = 30_000;

export type Service = {
  readonly coordinator: Coordinator;
  /** A branch may have moved; null: anything may have. */
  hint(branch: RefName | null): void;
  /** Resolves when there is nothing left to do without news from outside; throws the error that ended the coordinator. */
  drained(): Promise<void>;
  /** Why the remote could not be read just now, or null. */
  trouble(): string | null;
  readonly refusedNames: ReadonlySet<string>;
  close(): Promise<void>;
};

/** `onFatal` is told when this coordinator must stop: another took over, or the ledger is gone. */
export async function startService(ports: Ports, defaultBranch: RefName, holder: string, onFatal: (error: MaestroError) => void): Promise<Service> {
  const { inbox, clock } = ports;
  let fatal: MaestroError | null = null;
  let lookTrouble: string | null = null;
  let lookFailures = 0;
  let sweepMs = 0;
  let forgetSweep = (): void => undefined;
  let forgetRetry: (() => void) | null = null;
  const stop = (error: MaestroError): void => {
    fatal ??= error;
    onFatal(error);
  };
  const coordinator = new Coordinator(ports, defaultBranch);
  await coordinator.open(holder, stop);
  const lookout = openLookout(ports.git, coordinator);
  inbox.serve(async (key) => {
    if (fatal !== null) return;
    try {
      await (key === LOOK ? look(lookout) : coordinator.turn(key as RefName));
    } catch (error) {
      // A note beside the ledger may be the first write that meets the newer holder.
      if (!(error instanceof MaestroError) || error.code !== 'fenced') throw error;
      stop(error);
    }
  });
  inbox.ring(LOOK);
  sweepLater();

  return {
    coordinator,
    refusedNames: lookout.refusedNames,
    hint: (branch) => {
      lookout.hint(branch);
      inbox.ring(LOOK);
    },
    drained: async () => {
      for (;;) {
        await inbox.idle();
        if (fatal !== null) throw fatal;
        if (lookTrouble !== null) throw new MaestroError('unreachable', lookTrouble, { retryable: true, next: 'maestro doctor' });
        if (coordinator.isQuiet) return;
        await coordinator.stirred();
      }
    },
    trouble: () => lookTrouble ?? coordinator.trouble,
    close: async () => {
      await coordinator.close();
      await inbox.close();
      // Last: a look that was still running may have set either.
      forgetSweep();
      forgetRetry?.();
    },
  };

  async function look(out: Lookout): Promise<void> {
    try {
      await out.look();
      await coordinator.begin();
      // The config says how often, and only a look reads it.
      if (coordinator.routing.limits.sweepMs !== sweepMs) sweepLater();
      lookTrouble = null;
      lookFailures = 0;
    } catch (error) {
      if (!(error instanceof MaestroError) || !error.retryable) throw error;
      lookTrouble = error.message;
      lookFailures += 1;
      forgetRetry?.();
      forgetRetry = clock.after(Math.min(LOOK_RETRY_LAST_MS, LOOK_RETRY_FIRST_MS * 2 ** Math.min(lookFailures, 10)), () => inbox.ring(LOOK));
    }
  }

  /** The backstop for pushes nobody told us of, and the beat for ageing and schedules. */
  function sweepLater(): void {
    forgetSweep();
    sweepMs = coordinator.routing.limits.sweepMs;
    forgetSweep = clock.after(sweepMs, () => {
      lookout.hint(null);
      inbox.ring(LOOK);
      coordinator.ringAll();
      sweepLater();
    });
  }
}
