// `npm run bench -- <name>... [--json] [--quick] [--list]`: loads bench/<name>.ts and prints its figures. Knows no benchmark.
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { BenchOptions, Figure } from './figure.ts';

type Bench = { readonly run: (options: BenchOptions) => Promise<readonly Figure[]> };

const OWN_FILES = ['run.ts', 'figure.ts'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { repo: { type: 'string', multiple: true }, merges: { type: 'string' }, json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false }, list: { type: 'boolean', default: false } },
});
const known = await knownBenches();
const unknown = positionals.filter((name) => !known.includes(name));

if (values.list) process.stdout.write(known.map((name) => `${name}\n`).join(''));
else if (positionals.length === 0 || unknown.length > 0) {
  process.stderr.write(`${unknown.length === 0 ? '' : `no benchmark is called ${unknown.join(', ')}\n`}usage: npm run bench -- <name>... [--json] [--quick]\nnames: ${known.join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const name of positionals) await print(name);
}

/** A file is a benchmark when it says so; the others beside it are its material. */
async function knownBenches(): Promise<readonly string[]> {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && !OWN_FILES.includes(file)).toSorted();
  const names = files.map((file) => file.slice(0, -'.ts'.length));
  const loaded = await Promise.all(names.map(load));
  return names.filter((_, at) => loaded[at] !== null);
}

async function load(name: string): Promise<Bench | null> {
  const module = await import(`./${name}.ts`) as Partial<Bench>;
  return module.run === undefined ? null : { run: module.run };
}

async function print(name: string): Promise<void> {
  const figures = await (await load(name))?.run({ quick: values.quick }) ?? [];
  for (const figure of figures) process.stdout.write(`${values.json ? JSON.stringify(figure) : describe(figure)}\n`);
}

function describe(figure: Figure): string {
  const against = figure.baseline === null ? '' : `   ${figure.baseline}: ${figure.baselineValue} ${figure.unit} (x${figure.ratio})`;
  return `${figure.bench}  ${figure.figure}: ${figure.value} ${figure.unit}${against}   runs ${figure.runs}${figure.note === '' ? '' : `   ${figure.note}`}`;
}
