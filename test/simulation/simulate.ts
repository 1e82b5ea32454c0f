// `npm run simulate -- [--seeds N] [--seed S] [--planted] [--json]`: many lives of a repository, each drawn from a number.
import { parseArgs } from 'node:util';
import { openEmbeddedInbox } from '../../src/adapter/embedded/inbox.ts';
import { openMemoryStore } from '../../src/adapter/embedded/memory-store.ts';
import { startService } from '../../src/coordinator/service.ts';
import { runSeed } from './run-seed.ts';

const product = { startService, openMemoryStore, openEmbeddedInbox };
const { values } = parseArgs({ options: { seeds: { type: 'string', default: '1000' }, seed: { type: 'string' }, json: { type: 'boolean', default: false }, planted: { type: 'boolean', default: false } } });
const t = Date.now(); let steps = 0; let fails = 0; const kinds = new Map<string, number[]>();
const tot = new Map<string, number>();
const from = values.seed === undefined ? 1 : Number(values.seed);
const n = values.seed === undefined ? Number(values.seeds) : 1;
for (let seed = from; seed < from + n; seed += 1) {
  const r = await runSeed(seed, { product, tracing: n === 1 });
  steps += r.steps;
  for (const m of [r.outcomes, r.faults, r.checked]) for (const [k, v] of m) tot.set(k, (tot.get(k) ?? 0) + v);
  if (r.violation !== null) { fails += 1; kinds.set(r.violation.invariant, [...(kinds.get(r.violation.invariant) ?? []), seed]); if (n === 1) { console.log(r.trace.join('\n')); } if (fails < 12 || n === 1) console.log(seed, r.violation.invariant, r.violation.detail); }
}
console.log(n / ((Date.now() - t) / 1000), 'seeds/s', steps / n, 'steps/seed', fails, 'fails');
for (const [k, v] of kinds) console.log(k, v.length, v.slice(0, 8).join(' '));
if (n > 1) console.log([...tot].map(([k, v]) => `${k}: ${v}`).join('\n'));
