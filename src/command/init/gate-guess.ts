// What a project seems to be checked with, guessed from the files at its top. A guess: never put in force without being asked for.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BYTES_MAX = 1024 * 1024;

/** `network`: it fetches what it needs, and a gate finds nothing of what was fetched before: its HOME is new each time. */
export type GateGuess = { readonly run: string; readonly network: boolean };

export function guessGate(top: string): GateGuess | null {
  return fromPackage(top) ?? fromMakefile(top) ?? fromOthers(top);
}

function fromPackage(top: string): GateGuess | null {
  const text = read(join(top, 'package.json'));
  const script = testScriptOf(text);
  if (script === null || script.includes('no test specified')) return null;
  if (existsSync(join(top, 'pnpm-lock.yaml'))) return { run: 'pnpm install --frozen-lockfile && pnpm test', network: true };
  if (existsSync(join(top, 'yarn.lock'))) return { run: 'yarn install --immutable && yarn test', network: true };
  if (existsSync(join(top, 'package-lock.json'))) return { run: 'npm ci && npm test', network: true };
  return /"(?:devD|d)ependencies"/.test(text ?? '') ? { run: 'npm install && npm test', network: true } : { run: 'npm test', network: false };
}

function testScriptOf(text: string | null): string | null {
  try {
    const parsed: unknown = JSON.parse(text ?? 'null');
    if (typeof parsed !== 'object' || parsed === null || !('scripts' in parsed)) return null;
    const { scripts } = parsed;
    if (typeof scripts !== 'object' || scripts === null || !('test' in scripts)) return null;
    return typeof scripts.test === 'string' ? scripts.test : null;
  } catch {
    // A package.json that is no JSON says nothing about tests.
    return null;
  }
}

function fromMakefile(top: string): GateGuess | null {
  const text = read(join(top, 'Makefile')) ?? read(join(top, 'makefile')) ?? '';
  const target = ['check', 'test'].find((name) => new RegExp(`^${name}\\s*:`, 'm').test(text));
  return target === undefined ? null : { run: `make ${target}`, network: false };
}

function fromOthers(top: string): GateGuess | null {
  const has = (name: string): boolean => existsSync(join(top, name));
  if (has('Cargo.toml')) return { run: 'cargo test', network: true };
  if (has('go.mod')) return { run: 'go test ./...', network: has('go.sum') };
  if (has('pyproject.toml') || has('pytest.ini') || has('setup.py') || has('tox.ini')) return { run: 'python3 -m pytest -q', network: false };
  return null;
}

function read(path: string): string | null {
  return existsSync(path) && statSync(path).isFile() && statSync(path).size <= BYTES_MAX ? readFileSync(path, 'utf8') : null;
}
