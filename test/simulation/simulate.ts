// `npm run simulate -- [--seeds N] [--seed S] [--planted] [--only TEXT] [--workers N] [--lines N] [--forgetful] [--json]`: many lives of a repository, each drawn from a number.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Violation } from './checker.ts';
import type { Product } from '../harness/world.ts';
import { PLANTED, type Planted } from './planted.ts';
import { FORGETFUL, patched, today } from './product.ts';
import { runSeed } from './run-seed.ts';

const SEEDS_DEFAULT = 1_000;
/** A life is short and leaves much behind: room for several of them before anything is collected. */
const YOUNG_MB = 128;
/** A planted bug must be caught within so many seeds. */
const PLANTED_SEEDS_MAX = 2_000;
const FAILURES_SHOWN = 10;

type Failure = { readonly seed: number } & Violation;
type Tally = { readonly seeds: number; readonly steps: number; readonly failures: readonly Failure[]; readonly faults: Readonly<Record<string, number>>; readonly checked: Readonly<Record<string, number>>; readonly outcomes: Readonly<Record<string, number>> };
type Share = { readonly first: number; readonly last: number; readonly stride: number; readonly forgetful: boolean };
/** `seed`: the first life in which it broke a law; null when none did. */
type Catch = { readonly bug: string; readonly seed: number | null; readonly invariant: string | null };
type Job = { readonly kind: 'lives'; readonly share: Share } | { readonly kind: 'planted' };

if (isMainThread) process.exitCode = await main();
else await serve(workerData as Job);

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seeds: { type: 'string' }, seed: { type: 'string' }, planted: { type: 'boolean', default: false }, only: { type: 'string', default: '' }, workers: { type: 'string' }, forgetful: { type: 'boolean', default: false }, lines: { type: 'string', default: '60' }, json: { type: 'boolean', default: false } } });
  if (values.planted) return showPlanted(values.only, Number(values.workers ?? availableParallelism()), values.json);
  if (values.seed !== undefined && values.seeds === undefined) return showSeed(Number(values.seed), Number(values.lines), values.forgetful, values.json);
  const first = Number(values.seed ?? 1);
  const seeds = Number(values.seeds ?? SEEDS_DEFAULT);
  const startedMs = performance.now();
  const workers = Math.min(Number(values.workers ?? availableParallelism()), Math.max(1, Math.ceil(seeds / 50)));
  const { forgetful } = values;
  const shares = Array.from({ length: workers }, (_, at) => ({ first: first + at, last: first + seeds - 1, stride: workers, forgetful }));
  const tally = (workers === 1 ? await Promise.all(shares.map(work)) : await Promise.all(shares.map(inWorker))).reduce(add);
  return showTally(tally, (performance.now() - startedMs) / 1000, values.json);
}

async function serve(job: Job): Promise<void> {
  switch (job.kind) {
    case 'lives': return parentPort?.postMessage(await work(job.share));
    // One bug after the other, as they are handed in.
    case 'planted': return void parentPort?.on('message', (bug: Planted) => void firstCaught(bug).then((one) => parentPort?.postMessage(one)));
  }
}

async function work({ first, last, stride, forgetful }: Share): Promise<Tally> {
  const product = await productOf(forgetful);
  let tally: Tally = { seeds: 0, steps: 0, failures: [], faults: {}, checked: {}, outcomes: {} };
  for (let seed = first; seed <= last; seed += stride) {
    const { steps, violation, faults, checked, outcomes } = await runSeed(seed, { product });
    tally = add(tally, { seeds: 1, steps, failures: violation === null ? [] : [{ seed, ...violation }], faults: Object.fromEntries(faults), checked: Object.fromEntries(checked), outcomes: Object.fromEntries(outcomes) });
  }
  return tally;
}

/** `forgetful`: lanes that keep next to nothing of what is closed. */
async function productOf(forgetful: boolean): Promise<Product> {
  return forgetful ? patched(FORGETFUL) : today();
}

function inWorker(share: Share): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const worker = newWorker({ kind: 'lives', share });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function newWorker(job: Job): Worker {
  return new Worker(fileURLToPath(import.meta.url), { workerData: job, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
}

function add(a: Tally, b: Tally): Tally {
  return { seeds: a.seeds + b.seeds, steps: a.steps + b.steps, failures: [...a.failures, ...b.failures], faults: sum(a.faults, b.faults), checked: sum(a.checked, b.checked), outcomes: sum(a.outcomes, b.outcomes) };
}

function sum(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const total: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) total[name] = (total[name] ?? 0) + count;
  return total;
}

function showTally(tally: Tally, seconds: number, json: boolean): number {
  const figures = { seeds: tally.seeds, seedsPerSecond: Math.round(tally.seeds / seconds), stepsPerSeed: Math.round(tally.steps / tally.seeds), failures: tally.failures.length };
  if (json) process.stdout.write(`${JSON.stringify({ ...figures, faults: tally.faults, checked: tally.checked, outcomes: tally.outcomes, failed: tally.failures.slice(0, FAILURES_SHOWN) })}\n`);
  else {
    say(`${figures.seeds} seeds, ${figures.seedsPerSecond} seeds/s, ${figures.stepsPerSeed} steps a seed, ${figures.failures} failed`);
    for (const [title, counts] of [['faults injected', tally.faults], ['invariants checked', tally.checked], ['ends of requests', tally.outcomes]] as const) {
      say(`\n${title}`);
      for (const [name, count] of Object.entries(counts).sort(([, a], [, b]) => b - a)) say(`  ${String(count).padStart(9)}  ${name}`);
    }
    for (const { seed, invariant, detail } of tally.failures.slice(0, FAILURES_SHOWN)) say(`\nseed ${seed}: ${invariant}: ${detail.slice(0, 400)}\n  again: npm run simulate -- --seed ${seed}`);
  }
  return tally.failures.length === 0 ? 0 : 1;
}

/** One seed again, with what happened before it broke. */
async function showSeed(seed: number, lines: number, forgetful: boolean, json: boolean): Promise<number> {
  const { steps, violation, faults, trace } = await runSeed(seed, { product: await productOf(forgetful), tracing: true });
  if (json) process.stdout.write(`${JSON.stringify({ seed, steps, violation, faults: Object.fromEntries(faults) })}\n`);
  else {
    for (const line of trace.slice(-lines)) say(line);
    say(violation === null ? `seed ${seed}: ${steps} steps, every law held` : `seed ${seed}: ${violation.invariant}: ${violation.detail}`);
  }
  return violation === null ? 0 : 1;
}

/** A line comes as soon as its bug is caught; some take a hundred times as long as others. */
async function showPlanted(only: string, workersMax: number, json: boolean): Promise<number> {
  const bugs = PLANTED.filter(({ name }) => name.includes(only));
  const rest = bugs.values();
  const caught = await Promise.all(Array.from({ length: Math.min(workersMax, bugs.length) }, () => catchInTurn(rest, (one) => showCatch(one, json))));
  return caught.flat().every(({ seed }) => seed !== null) ? 0 : 1;
}

async function catchInTurn(rest: Iterable<Planted>, show: (one: Catch) => void): Promise<readonly Catch[]> {
  const worker = newWorker({ kind: 'planted' });
  const caught: Catch[] = [];
  for (const bug of rest) {
    worker.postMessage(bug);
    const [one] = await once(worker, 'message') as [Catch];
    caught.push(one);
    show(one);
  }
  await worker.terminate();
  return caught;
}

function showCatch({ bug, seed, invariant }: Catch, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify({ bug, caughtAtSeed: seed, invariant })}\n`);
  else say(`${bug.padEnd(52)} ${seed === null ? `NOT CAUGHT in ${PLANTED_SEEDS_MAX} seeds` : `seed ${String(seed).padStart(4)}  ${invariant}`}`);
}

async function firstCaught({ name, patches, bugs, leases }: Planted): Promise<Catch> {
  const product = patches.length === 0 ? today() : await patched(patches);
  for (let seed = 1; seed <= PLANTED_SEEDS_MAX; seed += 1) {
    const { violation } = await runSeed(seed, { product, bugs, leases });
    if (violation !== null) return { bug: name, seed, invariant: violation.invariant };
  }
  return { bug: name, seed: null, invariant: null };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
