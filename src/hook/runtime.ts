// A self-contained copy of the hook runtime as plain JavaScript, so that installed hooks never point at an npx cache or node_modules.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MaestroError } from '../error.ts';

const FILES_MAX = 64;
const ENTRY_NAME = 'hooks';

/** Path below the runtime folder to content: the door and everything it imports, plus what makes node read it as modules. */
export function runtimeFiles(): ReadonlyMap<string, string> {
  const here = fileURLToPath(import.meta.url);
  const extension = here.endsWith('.ts') ? 'ts' : 'js';
  const root = resolve(dirname(here), '..');
  const files = new Map([['package.json', '{ "type": "module" }\n']]);
  const waiting = [join(root, `${ENTRY_NAME}.${extension}`)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const name = relative(root, path).replaceAll('\\', '/').replace(/\.ts$/, '.js');
    if (files.has(name)) continue;
    if (files.size > FILES_MAX) throw new MaestroError('internal', `the hook runtime imports more than ${FILES_MAX} files`);
    const text = javascriptOf(path);
    files.set(name, text);
    for (const [, found = ''] of text.matchAll(IMPORT)) waiting.push(resolve(dirname(path), found.replace(/\.js$/, `.${extension}`)));
  }
  return files;
}

/** The hooks as shipped, `hooks/<name>`: byte for byte what gets installed. */
export function shimOf(name: string): string {
  return readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'hooks', name), 'utf8');
}

const IMPORT = /(?:from|import\()\s*'(\.[^']+\.js)'/g;

function javascriptOf(path: string): string {
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.ts')) return text;
  return stripTypes(text).replaceAll(/((?:from|import\()\s*'\.[^']+)\.ts'/g, "$1.js'").replaceAll(/[ \t]+$/gm, '');
}

function stripTypes(text: string): string {
  // Asked for by name at run time: node 20 does not have it, and needs it only when there is no build.
  const { stripTypeScriptTypes } = createRequire(import.meta.url)('node:module') as Partial<typeof import('node:module')>;
  if (stripTypeScriptTypes === undefined) throw new MaestroError('internal', 'installing from TypeScript sources needs node 22.18 or newer', { next: 'npm run build' });
  return stripTypeScriptTypes(text);
}
