// Puts a running Maestro together: the only file that names adapters.
import { existsSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedInbox } from './adapter/embedded/inbox.ts';
import type { Turnstile } from './adapter/embedded/turnstile.ts';
import { openCommandGate } from './adapter/gate/gate.ts';
import { publicName } from './adapter/git/address.ts';
import { openGit } from './adapter/git/git.ts';
import { openSurvey } from './adapter/git/radar.ts';
import type { Token } from './adapter/git/mirror.ts';
import { requireGit } from './adapter/git/probe.ts';
import { systemClock } from './adapter/local/clock.ts';
import { fastFolder } from './adapter/local/fast-folder.ts';
import { findPlace, type Place } from './adapter/local/place.ts';
import { watchSpool } from './adapter/local/spool.ts';
import { serveControl, type ControlServer } from './adapter/socket/server.ts';
import { holdState } from './adapter/sqlite/hold.ts';
import { openSqliteStore } from './adapter/sqlite/store.ts';
import type { Purse } from './adapter/voter/budget.ts';
import { CoordinatorControl } from './coordinator/control.ts';
import { DEFAULT_BRANCH_NOTE, type Listener, type Ports } from './coordinator/coordinator.ts';
import type { ParsedConfig } from './coordinator/rulebook.ts';
import { RadarWatch } from './coordinator/radar-watch.ts';
import { startService, type Service } from './coordinator/service.ts';
import { waitingControl } from './coordinator/waiting.ts';
import { MaestroError } from './error.ts';
import { readSettings, settingsFiles } from './hook/settings.ts';
import { perform, writeUnlessSame } from './hook/step.ts';
import { lazyLadder, type LazyLadder } from './compose-ladder.ts';
import { openMinds } from './compose-minds.ts';
import { parseBranch, shortName, type Oid, type RefName } from './merge/branch.ts';
import { defaultAmong } from './merge/default-branch.ts';
import type { Control } from './port/control.ts';
import type { Gate } from './port/gate.ts';
import type { Git } from './port/git.ts';
import type { Inbox } from './port/inbox.ts';
import type { Store } from './port/store.ts';

const GATE_SLOTS_MAX = 4;
const REMOTE_RETRY_MS = 2_000;

export type MaestroOptions = {
  readonly repo: string;
  readonly state: string | null;
  /** Keep trying while the remote does not answer; otherwise that is an error. */
  readonly patient: boolean;
  readonly onEvents: Listener;
  readonly onTrouble: (text: string) => void;
  /** The remote does not answer yet; without it, `onTrouble` hears that. */
  readonly onWaiting?: (text: string) => void;
  readonly onFatal: (error: MaestroError) => void;
  /** Where a forge gives tokens for the remote instead of the user's own git. */
  readonly token?: Token;
  /** Gates of several repositories in one process take turns. */
  readonly gateTurn?: Turnstile;
  /** A sweep is a backstop: where a forge tells of pushes it may be seldom. */
  readonly sweepMsMin?: number;
  /** What the forge has a say in before a push. */
  readonly guard?: (git: Git) => Pick<Git, 'land' | 'callBack'>;
  /** The forge's own checks as a gate; without it a rule that names them is refused. */
  readonly checks?: (git: Git) => Gate;
  /** The ladder's thread, where several repositories share one; `scope` keeps their lessons apart. */
  readonly ladder?: { readonly shared: LazyLadder; readonly scope: string };
  /** What the owner lets all repositories of this process spend on voters, where there are several. */
  readonly purse?: Purse | null;
  /** Instead of the ledger and the inbox of this process alone. */
  readonly shared?: { readonly store: Store; readonly inbox: (onError: (key: string, error: unknown) => void) => Inbox };
};

export type Maestro = { readonly place: Place; readonly service: Service; readonly control: Control; readonly radar: RadarWatch; readonly ports: Ports; close(): Promise<void> };

/** Starts a coordinator for one repository. Throws `state-held` when one already runs on this state, `git-too-old` when this git cannot do it. */
export async function openMaestro(options: MaestroOptions): Promise<Maestro> {
  // Asked while everything else opens: a start does not wait for it.
  const goodGit = requireGit();
  goodGit.catch(() => undefined);
  try {
    return await openPlace(options, goodGit);
  } catch (error) {
    // An old git explains whatever else went wrong.
    await goodGit;
    throw error;
  }
}

async function openPlace(options: MaestroOptions, goodGit: Promise<void>): Promise<Maestro> {
  const startedAtMs = Date.now();
  const place = await findPlace(options.repo, options.state);
  mkdirSync(place.state, { recursive: true, mode: 0o700 });
  const letGo = holdState(join(place.state, 'lock'), place.state);
  try {
    return await openHeld(options, place, startedAtMs, letGo, goodGit);
  } catch (error) {
    letGo();
    throw error;
  }
}

async function openHeld(options: MaestroOptions, place: Place, startedAtMs: number, letGo: () => void, goodGit: Promise<void>): Promise<Maestro> {
  const [store, git] = await Promise.all([options.shared?.store ?? openSqliteStore(place.ledger), openGit({ state: place.state, remote: place.remote, token: options.token ?? null, onTrouble: options.onTrouble })]);
  let server: ControlServer | null = null;
  const ladder = options.ladder ?? { shared: lazyLadder(), scope: 'here' };
  try {
    const slots = fastFolder(place.state, place.gate);
    const command = await openCommandGate({ mirror: place.mirror, directory: place.gate, slots: slots.path, slotsMax: GATE_SLOTS_MAX, git: (args, more) => git.gateGit(args, more), objects: git.objects });
    const gate = byRule(command, options.checks?.(git) ?? null, options.gateTurn ?? ((work) => work()));
    const minds = openMinds({ state: place.state, scope: ladder.scope, ladder: ladder.shared, onTrouble: options.onTrouble, ...(options.purse === undefined ? {} : { purse: options.purse }) });
    const ports: Ports = { git: loadingAhead(options.guard === undefined ? git : { ...git, ...options.guard(git) }), store, gate, minds, clock: systemClock(), parseConfig, inbox: (options.shared?.inbox ?? openEmbeddedInbox)((key, error) => options.onFatal(asFatal(key, error))) };
    await goodGit;
    const { branch: defaultBranch, heads } = await findDefaultBranch(git, store, options, async (trouble) => {
      const waiting = waitingControl(publicName(place.remote), startedAtMs, trouble);
      server ??= await serveControl(place.socket, waiting);
      server.hand(waiting);
    });
    const service = await startService(ports, defaultBranch, `${hostname()} pid ${process.pid}`, options.onFatal, heads, options.sweepMsMin ?? 0);
    const radar = new RadarWatch(service, openSurvey(git.mirror), ports.clock);
    const control = new CoordinatorControl(service, ports, publicName(place.remote), startedAtMs, radar);
    // Before anything else may wait: the first turns are taken while the socket is still being opened.
    service.coordinator.listen((target, events, lane) => {
      options.onEvents(target, events, lane);
      // The thread takes a second to start: by the time the options of a conflict are wanted it is there.
      if (events.some((event) => event.kind === 'conflicted' || (event.kind === 'held' && event.hold.kind === 'conflict-ahead'))) ladder.shared.open();
      server?.publish({ target, events });
      if (target === defaultBranch && events.some((event) => event.kind === 'tip' || event.kind === 'landed' || event.kind === 'entered')) tellHooks(place, options, service);
    });
    const counter = server ?? await serveControl(place.socket, control);
    counter.hand(control);
    server = counter;
    const stopWatching = watchSpool(place.spool, (branch) => service.hint(branch));
    return { place, service, control, radar, ports, close: async () => {
      stopWatching();
      await radar.close();
      await service.close();
      await counter.close();
      await Promise.all([gate.close(), git.close(), options.ladder === undefined ? ladder.shared.close() : null]);
      slots.leave();
      await store.close();
      letGo();
    } };
  } catch (error) {
    await Promise.allSettled([git.close(), store.close(), server?.close()]);
    throw error;
  }
}

/** A command runs here, checks run at the forge. */
function byRule(command: Gate, checks: Gate | null, turn: Turnstile): Gate {
  const { make } = command;
  return {
    run: async (commit, tree, rule, abort, target) => {
      if (rule.checks === null) return turn(() => command.run(commit, tree, rule, abort, target));
      if (checks === null) throw new MaestroError('forge-refused', `the gate of ${shortName(target)} is checks of GitHub, which only the App can see`, { next: 'run Maestro as a GitHub App (npm start), or set gate: to a command' });
      return checks.run(commit, tree, rule, abort, target);
    },
    ...(make === undefined ? {} : { make: (...work) => turn(() => make(...work)) }),
    close: async () => void await Promise.all([command.close(), checks?.close()]),
  };
}

/** The hooks of this clone and its worktrees learn the policy in force, where they are installed. */
function tellHooks(place: Place, options: MaestroOptions, { coordinator }: Service): void {
  if (place.clone === null || options.state !== null || !existsSync(join(place.state, 'hook'))) return;
  const settings = { ...readSettings(place.state), policy: coordinator.routing, defaultBranch: shortName(coordinator.defaultBranch) };
  try {
    perform([...settingsFiles(settings)].flatMap(([path, content]) => writeUnlessSame(join(place.state, path), content, 0o644)));
  } catch {
    // Hooks are a hint: with old settings they still are.
  }
}

type Beginning = { readonly branch: RefName; readonly heads: ReadonlyMap<string, Oid> | null };

/** Where it was known once it is known still, also while the remote is away or has lost it: the lane says what is wrong then. */
async function findDefaultBranch(git: Git, store: Store, options: MaestroOptions, onWaiting: (trouble: string) => Promise<void>): Promise<Beginning> {
  for (;;) {
    try {
      const heads = await git.remoteHeads();
      return { branch: defaultOf(heads, await git.defaultBranch()), heads };
    } catch (error) {
      if (!(error instanceof MaestroError) || (error.code !== 'unreachable' && error.code !== 'no-commits')) throw error;
      const known = parseBranch((await store.recall(DEFAULT_BRANCH_NOTE)) ?? '');
      if (known.ok) return { branch: known.ref, heads: null };
      if (!options.patient || error.code === 'no-commits') throw error;
      await onWaiting(error.message);
      (options.onWaiting ?? options.onTrouble)(`${error.message}; trying again`);
      await new Promise((resolve) => setTimeout(resolve, REMOTE_RETRY_MS));
    }
  }
}

function defaultOf(heads: ReadonlyMap<string, Oid>, named: string | null): RefName {
  const found = defaultAmong([...heads.keys()], named);
  if (!found.ok) throw new MaestroError('no-commits', `the remote ${found.why}`, { next: found.next });
  const branch = parseBranch(found.name);
  if (!branch.ok) throw new MaestroError('no-commits', `the remote's default branch cannot be used: ${branch.why}`);
  return branch.ref;
}

/** The config's schema loads while the first fetch is on its way, not before: by the time a config is read it is there. */
function loadingAhead(git: Git): Git {
  let load = (): void => {
    load = () => undefined;
    setImmediate(() => void parseConfig('').catch(() => undefined));
  };
  return { ...git, fetch: (refs) => {
    const fetched = git.fetch(refs);
    load();
    return fetched;
  } };
}

async function parseConfig(text: string): Promise<ParsedConfig> {
  const config = await import('./config.ts');
  return config.parseConfig(text);
}

function asFatal(key: string, error: unknown): MaestroError {
  return error instanceof MaestroError ? error : new MaestroError('internal', `the turn of ${key} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
