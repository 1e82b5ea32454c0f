// The gate that runs a command on exactly the candidate's tree, in a folder of its own, without secrets. Knows no lane and no
// request; git comes as a function bound to the mirror.
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Oid } from '../../merge/branch.ts';
import type { GateRule } from '../../merge/policy.ts';
import type { Verdict } from '../../merge/request.ts';
import type { Gate, Make } from '../../port/gate.ts';
import type { MirrorGit, MirrorObjects } from './checkout.ts';
import { Desk } from './desk.ts';
import { gateEnvironment } from './environment.ts';
import { machineTrouble, stoppedEarly } from './failure.ts';
import { wallsFor, type Walls } from './isolation.ts';
import { textsIn } from './left-behind.ts';
import { LogFolder, type Log } from './log.ts';
import { holdCommand, type Ending, type HeldCommand } from './process.ts';
import { remove } from './remove.ts';
import { Running } from './running.ts';
import { Slot, type Workplace } from './slot.ts';

export type CommandGateOptions = {
  /** The bare mirror: its objects are lent to the command's own git. */
  readonly mirror: string;
  /** Logs and records live here. Only the holder of the state may open it. */
  readonly directory: string;
  /** Where the slots live: may be lost at any time. By default `directory`. */
  readonly slots?: string;
  readonly slotsMax: number;
  readonly git: MirrorGit;
  readonly objects: MirrorObjects;
};

/** Ends what a killed coordinator left running and keeps its slots warm where they are in order. */
export async function openCommandGate(options: CommandGateOptions): Promise<Gate> {
  const directory = resolve(options.directory);
  const place = resolve(options.slots ?? directory);
  try {
    await Promise.all([mkdir(directory, { recursive: true }), mkdir(place, { recursive: true, mode: 0o700 })]);
    const running = new Running(join(directory, 'running'));
    const interrupted = await running.reap();
    const names = Array.from({ length: Math.max(1, options.slotsMax) }, (_, at) => `slot-${at}`);
    const [logs, left] = await Promise.all([LogFolder.open(join(directory, 'log')), readdir(place), wallsFor('', false)]);
    const slots = names.map((name) => new Slot(join(place, name), options.mirror, options.git, options.objects));
    await Promise.all(slots.filter((_, at) => !interrupted.includes(names[at] ?? '')).map((slot) => slot.adopt()));
    // In the background: a killed gate may have left millions of files.
    const old = left.filter((name) => name.startsWith('trash-') || (name.startsWith('slot-') && !names.includes(name)));
    const swept = Promise.all(old.map((name) => remove(join(place, name)).catch(() => undefined)));
    return new CommandGate(new Desk(slots.toReversed()), slots, logs, running, swept);
  } catch (error) {
    throw machineTrouble(error, 'the folder for gates could not be opened');
  }
}

class CommandGate implements Gate {
  readonly #desk: Desk;
  readonly #slots: readonly Slot[];
  readonly #logs: LogFolder;
  readonly #running: Running;
  readonly #swept: Promise<unknown>;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(desk: Desk, slots: readonly Slot[], logs: LogFolder, running: Running, swept: Promise<unknown>) {
    this.#desk = desk;
    this.#slots = slots;
    this.#logs = logs;
    this.#running = running;
    this.#swept = swept;
  }

  run(commit: Oid, tree: Oid, rule: GateRule, abort: AbortSignal): Promise<Verdict> {
    return this.#counted(commit, tree, rule, abort, (verdict) => verdict);
  }

  readonly make: Make = (commit, tree, rule, paths, abort) =>
    this.#counted(commit, tree, rule, abort, (verdict, slot) => ({ verdict, texts: verdict.kind === 'passed' ? textsIn(slot.place.tree, paths) : new Map() }));

  /** `read`: takes what is wanted of the folder while it is still as the command left it. */
  async #counted<T>(commit: Oid, tree: Oid, rule: GateRule, abort: AbortSignal, read: Read<T>): Promise<T> {
    const either = AbortSignal.any([abort, this.#closing.signal]);
    const work = this.#inTurn(commit, tree, rule, either, read);
    this.#underWay.add(work);
    try {
      return await work;
    } catch (error) {
      throw machineTrouble(error, 'the gate could not be run');
    } finally {
      this.#underWay.delete(work);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#underWay);
    await Promise.all([this.#swept, ...this.#slots.map((slot) => slot.settled())]);
  }

  async #inTurn<T>(commit: Oid, tree: Oid, rule: GateRule, abort: AbortSignal, read: Read<T>): Promise<T> {
    const slot = await this.#desk.take(tree, abort);
    try {
      const asked = { commit, tree, rule, abort };
      const ready = await slot.prepare(commit, tree, (place) => this.#hold(slot, place, asked));
      return read(await this.#judge(slot, ready, asked), slot);
    } finally {
      this.#running.forget(slot.name);
      await slot.tidy();
      this.#desk.give(slot);
    }
  }

  async #hold(slot: Slot, place: Workplace, asked: Asked): Promise<Ready> {
    const { rule, abort, commit, tree } = asked;
    const walls = await wallsFor(rule.run, rule.network);
    const log = await this.#logs.start(commit, headingFor(walls, asked));
    try {
      const command = holdCommand({
        walls, log, abort,
        cwd: place.tree,
        env: gateEnvironment(rule.env, process.env, { home: place.home, temporary: place.temporary, commit, tree }),
        pipe: place.pipe,
        directory: slot.directory,
        timeoutMs: rule.timeoutMs,
        outputBytesMax: rule.outputBytesMax,
        diskBytesMax: rule.diskBytesMax,
        onStart: (leader) => this.#running.note(slot.name, leader),
      });
      return { log, command, cancel: async () => {
        await command.cancel();
        await log.end('not run').catch(() => log.close());
      } };
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  async #judge(slot: Slot, ready: Ready, asked: Asked): Promise<Verdict> {
    if (asked.abort.aborted) {
      await ready.cancel();
      throw stoppedEarly();
    }
    const { log } = ready;
    try {
      const ending = await ready.command.go();
      if (ending.escaped) slot.distrust();
      await log.end(summaryOf(ending));
      if (ending.stopped === 'aborted') throw stoppedEarly();
      return verdictOf(ending, log, asked);
    } finally {
      await log.close();
    }
  }
}

type Read<T> = (verdict: Verdict, slot: Slot) => T;
type Ready = { readonly log: Log; readonly command: HeldCommand; cancel(): Promise<void> };
type Asked = { readonly commit: Oid; readonly tree: Oid; readonly rule: GateRule; readonly abort: AbortSignal };

function headingFor(walls: Walls, asked: Asked): readonly string[] {
  const what = `gate ${JSON.stringify(asked.rule.run)} on commit ${asked.commit}, tree ${asked.tree}`;
  return walls.note === null ? [what] : [walls.note, what];
}

function summaryOf(ending: Ending): string {
  const how = ending.stopped === null ? howItEnded(ending) : `stopped: ${ending.stopped}`;
  return `${how} after ${ending.ms} ms`;
}

function howItEnded(ending: Ending): string {
  return ending.signal === null ? `exit code ${ending.exitCode}` : `ended by ${ending.signal}`;
}

function verdictOf(ending: Ending, log: Log, asked: Asked): Verdict {
  const common = { tree: asked.tree, gate: asked.rule.run, ms: ending.ms, log: log.path };
  if (ending.stopped === null && ending.exitCode === 0) return { kind: 'passed', ...common };
  const cause = ending.stopped === null || ending.stopped === 'aborted' ? 'exit' : ending.stopped;
  return { kind: 'failed', ...common, cause, exitCode: ending.exitCode, tail: [log.tail(), remarkOn(ending)].filter((part) => part !== '').join('\n') };
}

const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;

/** What the output alone does not say. */
function remarkOn(ending: Ending): string {
  if (ending.stopped !== null) return '';
  if (ending.signal !== null) return `(${howItEnded(ending)})`;
  if (ending.exitCode === EXIT_NOT_FOUND || ending.exitCode === EXIT_NOT_EXECUTABLE) return `(exit code ${ending.exitCode}: the gate's command, or one it calls, was not found or cannot be run; see the gate in .github/maestro.yml)`;
  return '';
}
