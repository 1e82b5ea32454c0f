// The figures of /metrics: deliveries as they come, repositories and requests as they stand when asked. Knows no route and no log.
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { Status } from '../../port/control.ts';
import type { Mailbox } from '../../port/mailbox.ts';

export type Counted = 'accepted' | 'repeated' | 'refused' | 'set-aside' | 'failed';

export type FigureSources = {
  readonly mailbox: Pick<Mailbox, 'waiting'>;
  readonly tenants: () => Promise<readonly { readonly control: { status(): Promise<Status> } }[]>;
};

export type Figures = { count(what: Counted): void; page(): Promise<{ readonly status: number; readonly type: string; readonly body: string }> };

export function openFigures({ mailbox, tenants }: FigureSources): Figures {
  const register = new Registry();
  collectDefaultMetrics({ register, prefix: 'maestro_' });
  const deliveries = new Counter({ name: 'maestro_deliveries_total', help: 'Webhook deliveries by what became of them.', labelNames: ['outcome'], registers: [register] });
  const waiting = new Gauge({ name: 'maestro_deliveries_waiting', help: 'Deliveries kept and not yet handled.', registers: [register] });
  const repositories = new Gauge({ name: 'maestro_repositories', help: 'Repositories with a coordinator in this process.', registers: [register] });
  const requests = new Gauge({ name: 'maestro_requests', help: 'Open merge requests by state, over all repositories.', labelNames: ['state'], registers: [register] });
  const stopped = new Gauge({ name: 'maestro_lanes_stopped', help: 'Lanes that wait for a person.', registers: [register] });
  return {
    count: (what) => deliveries.inc({ outcome: what }),
    page: async () => {
      waiting.set(await mailbox.waiting());
      const all = await Promise.all((await tenants()).map((tenant) => tenant.control.status()));
      const lanes = all.flatMap((status) => status.lanes);
      repositories.set(all.length);
      stopped.set(lanes.filter((lane) => lane.alarm !== null).length);
      requests.reset();
      for (const { open } of lanes) for (const { request } of open) requests.inc({ state: request.phase.state });
      return { status: 200, type: register.contentType, body: await register.metrics() };
    },
  };
}
