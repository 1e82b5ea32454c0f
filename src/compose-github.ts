// Puts Maestro on GitHub together: the App, and for each repository a coordinator with what shows it there. Names adapters, decides nothing.
import { lazyLadder, type LazyLadder } from './compose-ladder.ts';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { openTurnstile, type Turnstile } from './adapter/embedded/turnstile.ts';
import { openApp, type App } from './adapter/github/app.ts';
import { Caller, newBudget, type ContentBudget } from './adapter/github/caller.ts';
import { openCheckGate, type CheckGate } from './adapter/github/check-gate.ts';
import { openForge } from './adapter/github/forge.ts';
import { MergeQueue } from './adapter/github/merge-queue.ts';
import { readNews } from './adapter/github/news.ts';
import { keepToken } from './adapter/github/token.ts';
import { systemClock } from './adapter/local/clock.ts';
import type { Purse } from './adapter/voter/budget.ts';
import { openMaestro, type MaestroOptions } from './compose.ts';
import { openOwnersPurse } from './compose-purse.ts';
import { Conversation } from './coordinator/conversation.ts';
import { Presence } from './coordinator/presence.ts';
import { RadarComments } from './coordinator/radar-comments.ts';
import { Tenants, type Tenant } from './coordinator/tenant.ts';
import type { MaestroError } from './error.ts';
import { shortName, type Oid, type RefName } from './merge/branch.ts';
import type { News, RepositoryAt } from './port/forge.ts';
import type { PublishedRef } from './port/git.ts';

export type HouseOptions = {
  readonly appId: number;
  readonly privateKey: string;
  readonly apiUrl: string;
  readonly webUrl: string;
  /** Holds a folder a repository, by its id. */
  readonly state: string;
  readonly onTrouble: (text: string) => void;
};

/** What a repository's coordinator is given beside its own: `over` is called when this process must stop serving it. */
export type Footing = Pick<MaestroOptions, 'shared'> & { readonly over: (error: MaestroError) => void };

/** Everything that happens for the App in this process. */
export type House = {
  readonly app: App;
  readonly tenants: Tenants;
  /** Serves one repository on another footing than a process's own. */
  open(at: RepositoryAt, footing: Footing): Promise<Tenant>;
  /** What a verified delivery is news of. */
  read(event: string, payload: unknown): News;
  close(): Promise<void>;
};

/** Deliveries tell of pushes; this finds what they did not. */
const SWEEP_MS = 60_000;
const GATES_MIN = 2;

export async function openHouse(options: HouseOptions): Promise<House> {
  const app = await openApp({ appId: options.appId, privateKey: options.privateKey, baseUrl: options.apiUrl });
  const budgets = new Map<number, ContentBudget>();
  const ladder = lazyLadder();
  const purse = openOwnersPurse(options.state, options.onTrouble);
  const gateTurn = openTurnstile(Math.max(GATES_MIN, availableParallelism()));
  const open = (at: RepositoryAt, footing: Footing): Promise<Tenant> => openTenant(app, at, budgetOf(budgets, at.installation), options, footing, { gateTurn, ladder, purse });
  const tenants: Tenants = new Tenants({
    // Only one whose ledger is another's by now has ended: all else is tried again at its next turn.
    open: (at) => open(at, { over: (error) => {
      if (error.code === 'fenced') void tenants.drop(at.id).catch(() => undefined);
    } }),
    repositoriesOf: (installation) => app.repositoriesOf(installation),
    onTrouble: options.onTrouble,
  });
  const self = { appId: app.appId, login: `${app.slug}[bot]` };
  return { app, tenants, open, read: (event, payload) => readNews(event, payload, self), close: async () => {
    await tenants.close();
    await ladder.close();
  } };
}

/** What all repositories of a process share. */
type Common = { readonly gateTurn: Turnstile; readonly ladder: LazyLadder; readonly purse: Purse | null };

async function openTenant(app: App, at: RepositoryAt, budget: ContentBudget, options: HouseOptions, footing: Footing, { gateTurn, ladder, purse }: Common): Promise<Tenant> {
  const clock = systemClock();
  const name = `${at.owner}/${at.name}`;
  const tokens = keepToken(() => app.mint(at), clock);
  const caller = new Caller({ baseUrl: options.apiUrl, repositoryId: at.id, name: { owner: at.owner, repo: at.name }, tokens, clock, budget });
  const forge = openForge({ caller, appId: app.appId, slug: app.slug, webUrl: options.webUrl });
  const trouble = (error: MaestroError): void => options.onTrouble(`${name}: ${error.message}`);
  let checks: CheckGate | null = null;
  let queue: MergeQueue | null = null;
  const maestro = await openMaestro({
    guard: (git) => {
      const mine = new MergeQueue({ forge, git, clock });
      queue = mine;
      return { land: (intent, landings, resumed) => mine.land(intent, landings, resumed), callBack: (id, by) => mine.callBack(id, by) };
    },
    checks: (git) => (checks = openCheckGate({
      forge, clock,
      show: (commit, target) => git.publish(gateRef(commit, target), commit),
      // One that stays is a branch too many, and no reason to doubt a verdict.
      hide: (commit, target) => git.withdraw(gateRef(commit, target), commit).catch(() => undefined),
    })),
    repo: `${options.webUrl}/${name}.git`,
    state: join(options.state, 'repository', String(at.id)),
    gateTurn,
    purse,
    ladder: { shared: ladder, scope: String(at.id) },
    sweepMsMin: SWEEP_MS,
    token: () => tokens.current(),
    patient: false,
    onEvents: () => undefined,
    onTrouble: (text) => options.onTrouble(`${name}: ${text}`),
    onFatal: (error) => {
      trouble(error);
      footing.over(error);
    },
    ...(footing.shared === undefined ? {} : { shared: footing.shared }),
  });
  const { service, control, radar, ports } = maestro;
  const presence = new Presence(service.coordinator, { forge, git: ports.git, store: ports.store, clock }, trouble);
  presence.start();
  const collisions = new RadarComments(service.coordinator, radar, forge, trouble);
  collisions.start();
  return {
    at, service, control, forge, presence,
    conversation: new Conversation(service, control, forge, presence, clock),
    checked: (commit) => {
      checks?.changed(commit);
      // Its checks may be what a pull request was waiting for.
      queue?.changed(commit);
    },
    queueMoved: (branch) => {
      queue?.changed(branch);
      collisions.pullMoved(branch);
    },
    refresh: () => {
      tokens.forget();
      // What could not be looked at without it is looked at now, not at the next sweep.
      service.hint(null);
    },
    close: async () => {
      // What is not shown yet is shown by the next start.
      caller.close();
      queue?.close();
      await presence.close();
      await collisions.close();
      await maestro.close();
    },
  };
}

function gateRef(commit: Oid, target: RefName): PublishedRef {
  return `refs/heads/maestro/gate/${shortName(target)}/${commit.slice(0, 12)}`;
}

function budgetOf(budgets: Map<number, ContentBudget>, installation: number): ContentBudget {
  const known = budgets.get(installation) ?? newBudget();
  budgets.set(installation, known);
  return known;
}
