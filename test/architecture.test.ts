// The judge of the house: who may import whom, what the pure rooms may not touch, how large things may grow.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const FILE_LINES_MAX = 400;
const TEST_LINES_MAX = 500;

/** Lower floors first. A file may import its own room, its own floor where listed, and every floor below. */
const FLOORS: Readonly<Record<string, number>> = {
  error: 0, engine: 1, resolution: 2, consensus: 3, merge: 4, replay: 4, queue: 5, port: 5, fleet: 5, config: 5, hook: 5,
  coordinator: 6, adapter: 6, dashboard: 6, compose: 7, demo: 8, command: 8, doors: 9,
};
const PURE = ['engine', 'resolution', 'consensus', 'merge', 'replay', 'queue'];
const PURE_MAY_NOT: readonly (readonly [string, RegExp])[] = [
  ['wait', /\basync\b|\bawait\b|\bPromise\b/],
  ['read the clock', /\bDate\.now\b|\bnew Date\(\)|\bperformance\b/],
  ['be random', /Math\.random|randomUUID|randomBytes/],
  ['touch the world', /from 'node:(?!crypto')/],
];

const files = sourceFiles(join(ROOT, 'src'));

describe('imports fall downwards', () => {
  test.each(files)('%s', (file) => {
    const upward = importsOf(file).filter((imported) => !isAllowed(file, imported));
    expect(upward).toEqual([]);
  });

  test('there is no circle', () => {
    expect(circles()).toEqual([]);
  });
});

describe('the pure rooms', () => {
  test.each(files.filter((file) => PURE.includes(roomOf(file))))('%s neither waits nor touches the world', (file) => {
    const text = withoutComments(readFileSync(join(ROOT, file), 'utf8'));
    expect(PURE_MAY_NOT.filter(([, pattern]) => pattern.test(text)).map(([what]) => what)).toEqual([]);
  });
});

describe('sizes', () => {
  const all = [...files, ...sourceFiles(join(ROOT, 'test')), ...sourceFiles(join(ROOT, 'bench'))];
  test.each(all)('%s fits', (file) => {
    const lines = readFileSync(join(ROOT, file), 'utf8').split('\n').length;
    expect(lines).toBeLessThanOrEqual(file.startsWith('src/') ? FILE_LINES_MAX : TEST_LINES_MAX);
  });

  test.each(files)('%s opens by saying what it is', (file) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).toMatch(/^\/\/ \S/);
  });
});

test('only perform.ts calls the writing verbs of git', () => {
  const callers = files.filter((file) => roomOf(file) === 'coordinator' && /\bgit\.(?:land)\(/.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(callers).toEqual(['src/coordinator/perform.ts']);
});

test('no folder is named for what it is not', () => {
  const banned = /(?:^|\/)(?:utils?|helpers?|types?|managers?|services|common|misc|lib)(?:\/|\.ts$)/;
  expect(files.filter((file) => banned.test(file))).toEqual([]);
});

function isAllowed(file: string, imported: string): boolean {
  const [from, to] = [roomOf(file), roomOf(imported)];
  if (from === to) return from !== 'adapter' || adapterOf(file) === adapterOf(imported);
  if (from === 'coordinator' || from === 'dashboard') return to !== 'adapter' && floor(to) < floor(from);
  // merge/ events name ports' data and ports name merge's: only downwards.
  if (from === 'port') return to === 'merge' || to === 'consensus' || to === 'resolution' || to === 'error';
  if (from === 'command' || from === 'demo' || from === 'doors') return floor(to) <= floor(from);
  return floor(to) < floor(from);
}

function floor(room: string): number {
  const at = FLOORS[room];
  if (at === undefined) throw new Error(`the room ${room} has no floor yet: add it to FLOORS and to ARCHITECTURE.md`);
  return at;
}

function roomOf(file: string): string {
  const [, first, second] = file.split('/');
  if (second !== undefined) return first ?? '';
  const name = (first ?? '').replace(/\.ts$/, '');
  if (name.startsWith('config')) return 'config';
  if (name.startsWith('compose')) return 'compose';
  return name === 'error' ? name : 'doors';
}

function adapterOf(file: string): string {
  return file.split('/')[2] ?? '';
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => relative(ROOT, resolve(ROOT, dirname(file), match[1] ?? '')));
}

function circles(): readonly string[] {
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const imported of staticImportsOf(file)) if (files.includes(imported)) visit(imported, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  return found;
}

function staticImportsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/from\s*'(\.[^']+)'/g)].map((match) => relative(ROOT, resolve(ROOT, dirname(file), match[1] ?? '')));
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => relative(ROOT, join(folder, name)))
    .toSorted();
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
