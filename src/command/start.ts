// `maestro start`: runs the coordinator in this process until it is told to stop, or until nothing is left to do (--drain).
import { publicName } from '../adapter/git/address.ts';
import { boundYoungHeap } from '../adapter/local/heap.ts';
import type { Maestro } from '../compose.ts';
import { MaestroError } from '../error.ts';
import { printable, shortName, type RefName } from '../merge/branch.ts';
import type { LedgerEvent } from '../merge/event.ts';
import type { Lane } from '../merge/lane.ts';
import type { Ignored } from '../port/control.ts';
import { hooksState } from './hooks-state.ts';
import { ignoredLines } from './render/ignored.ts';
import { line, paint, type Line } from './render/line.ts';
import { countBatch, NOTHING_YET, summaryLines, summaryOf } from './render/tally.ts';
import { standstill, timeline } from './render/timeline.ts';
import { onStop } from './stop.ts';
import { printJson, type Call, type Verb } from './verb.ts';

const LOOK_MS = 1_000;
const EXIT_KILLED = 130;
const EXIT_UNREACHABLE = 7;

export const start: Verb = {
  args: [],
  flags: [['--drain', 'process what is ready, print a summary, exit']],
  notes: [
    '--drain exits 0 when nothing is left that Maestro can do by itself, also when branches were refused or questions are open: the summary counts them. 7: the remote did not answer, or git refuses what a target holds.',
    'Without --drain a remote that does not answer is waited for. SIGINT or SIGTERM lets the running push end and exits 0; a second one exits 130 at once: a push cut off is looked into by the next start.',
    '--json: one line a batch of events ({target, events}), first {started}, last {summary}; {ignored} for branches left alone, for their names.',
  ].join('\n'),
  run,
};

async function run(call: Call): Promise<number> {
  const startedAtMs = Date.now();
  boundYoungHeap();
  const talk = openTalk(call);
  const stop = openStop();
  const { openMaestro } = await import('../compose.ts');
  const opening = openMaestro({ repo: call.repo, state: call.state, patient: !call.has('drain'), onEvents: talk.events, onTrouble: talk.remark, onWaiting: talk.trouble, onFatal: stop.fatal });
  // Whoever stops us while the remote is waited for has nothing to drain.
  const maestro = await Promise.race([opening, stop.asked.then(() => null)]);
  if (maestro === null) process.exit(0);
  // The greeting names the marker, which the config says.
  if (!call.json) await Promise.race([maestro.service.looked, stop.asked.catch(() => undefined)]);
  talk.started(maestro);
  const forget = watchService(maestro, talk);
  let early = true;
  try {
    const ended = call.has('drain') ? maestro.service.drained() : new Promise<void>(() => undefined);
    const why = await Promise.race([ended.then(() => 'drained' as const), stop.asked]);
    early = why === 'stopped';
    if (early) talk.say([line('head', '[Merge Coordinator] Stopping: what is being pushed ends first (again to stop at once)')]);
  } finally {
    forget();
    await maestro.close();
    talk.summary(maestro, Date.now() - startedAtMs, early);
  }
  // Nothing was read of it, so nothing can be said of what is ready.
  return [...maestro.service.coordinator.lanes.values()].some((lane) => lane.alarm?.kind === 'unfetchable') ? EXIT_UNREACHABLE : 0;
}

type Talk = {
  readonly events: (target: RefName, events: readonly LedgerEvent[], lane: Lane) => void;
  /** What comes and goes; null: it is over. */
  readonly trouble: (text: string | null) => void;
  /** What is as it is, such as a voter that takes no part. */
  readonly remark: (text: string) => void;
  /** Each is said once; a drain says them with its summary. */
  readonly ignored: (ignored: readonly Ignored[]) => void;
  readonly started: (maestro: Maestro) => void;
  /** `early`: it did not come to its own end. */
  readonly summary: (maestro: Maestro, totalMs: number, early: boolean) => void;
  readonly say: (lines: readonly Line[]) => void;
};

/** What happens before the greeting is said after it. */
function openTalk(call: Call): Talk {
  let waiting: (() => void)[] | null = [];
  let tally = NOTHING_YET;
  let trouble: string | null = null;
  const told = new Set<string>();
  const say = (lines: readonly Line[]): void => {
    if (!call.json && lines.length > 0) call.terminal.out(paint(lines, call.terminal.colour));
  };
  const remark = (text: string): void => call.terminal.err(`maestro: ${printable(text, 1000)}`);
  return {
    say,
    remark,
    events: (target, events, lane) => {
      tally = countBatch(tally, events, lane);
      const print = (): void => call.json ? printJson(call, { target, events }) : say(timeline(events, lane, call.terminal.columns()));
      if (waiting === null) print();
      else waiting.push(print);
    },
    trouble: (text) => {
      if (text === trouble) return;
      if (text === null) say([line('good', '[Merge Coordinator] The trouble is over.')]);
      else remark(text);
      trouble = text;
    },
    ignored: (ignored) => {
      const news = call.has('drain') ? [] : ignored.filter(({ name }) => !told.has(name));
      for (const { name } of news) told.add(name);
      if (news.length > 0 && call.json) printJson(call, { ignored: news });
      else say(ignoredLines(news));
    },
    started: (maestro) => {
      if (call.json) printJson(call, { started: { remote: publicName(maestro.place.remote), state: maestro.place.state, socket: maestro.place.socket, spool: maestro.place.spool } });
      else say(greeting(maestro, call));
      for (const print of waiting ?? []) print();
      waiting = null;
    },
    summary: (maestro, totalMs, early) => {
      if (!call.has('drain')) return;
      const summary = summaryOf(tally, maestro.service.coordinator.lanes.values(), totalMs);
      const { ignored } = maestro.service;
      if (call.json) printJson(call, { summary, ignored });
      else say([line('plain', ''), ...summaryLines(tally, summary, early), ...standstills(maestro), ...ignoredLines(ignored)]);
    },
  };
}

/** Why what still waits waits. */
function standstills({ service }: Maestro): readonly Line[] {
  return [...service.coordinator.lanes.values()].flatMap(({ target, alarm }) => alarm === null ? [] : standstill(printable(shortName(target)), alarm));
}

function greeting({ place, service }: Maestro, call: Call): readonly Line[] {
  // Asking git takes its time; a drain does not wait for pushes.
  const hooks = place.clone === null || call.has('drain') ? 'installed' : hooksState(place.clone);
  return [
    line('head', `[Merge Coordinator] Watching ${printable(publicName(place.remote))} for ${service.coordinator.routing.marker}`),
    line('quiet', `  state   ${printable(place.state)}`),
    line('quiet', `  socket  ${printable(place.socket)}`),
    line('quiet', `  spool   ${printable(place.spool)}`),
    ...(hooks === 'installed' ? [] : [line('quiet', '  hooks   not installed here: pushes are seen by looking at the remote (maestro-hooks install makes that immediate)')]),
  ];
}

type Stop = { readonly asked: Promise<'stopped'>; readonly fatal: (error: MaestroError) => void };

/** The first signal asks, the second insists. A lost ledger or a newer coordinator ends this one. */
function openStop(): Stop {
  let settle: { readonly resolve: (why: 'stopped') => void; readonly reject: (error: MaestroError) => void } | null = null;
  const promise = new Promise<'stopped'>((resolve, reject) => (settle = { resolve, reject }));
  promise.catch(() => undefined);
  onStop(() => settle?.resolve('stopped'), () => process.exit(EXIT_KILLED));
  return { asked: promise, fatal: (error) => settle?.reject(error) };
}

/** What comes and goes while it runs and has no event of its own. */
function watchService({ service }: Maestro, talk: Talk): () => void {
  const look = (): void => {
    talk.trouble(service.trouble());
    talk.ignored(service.ignored);
  };
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    // A short run may have had none.
    look();
  };
}
