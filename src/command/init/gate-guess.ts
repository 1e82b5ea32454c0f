// What a project seems to be checked with, guessed from the files at its top. A guess: never put in force without being asked for.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const BYTES_MAX = 1024 * 1024;

/** One command, or null. */
export function guessGate(top: string): string | null {
  return fromPackage(top) ?? fromMakefile(top) ?? fromOthers(top);
}

function fromPackage(top: string): string | null {
  const script = testScriptOf(read(join(top, 'package.json')));
  if (script === null || script.includes('no test specified')) return null;
  if (existsSync(join(top, 'pnpm-lock.yaml'))) return 'pnpm install --frozen-lockfile --offline && pnpm test';
  if (existsSync(join(top, 'yarn.lock'))) return 'yarn install --immutable && yarn test';
  return existsSync(join(top, 'package-lock.json')) ? 'npm ci --prefer-offline && npm test' : 'npm test';
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

function fromMakefile(top: string): string | null {
  const text = read(join(top, 'Makefile')) ?? read(join(top, 'makefile')) ?? '';
  const target = ['check', 'test'].find((name) => new RegExp(`^${name}\\s*:`, 'm').test(text));
  return target === undefined ? null : `make ${target}`;
}

function fromOthers(top: string): string | null {
  const has = (name: string): boolean => existsSync(join(top, name));
  if (has('Cargo.toml')) return 'cargo test --offline';
  if (has('go.mod')) return 'go test ./...';
  if (has('pyproject.toml') || has('pytest.ini') || has('setup.py') || has('tox.ini')) return 'python3 -m pytest -q';
  return null;
}

function read(path: string): string | null {
  return existsSync(path) && statSync(path).isFile() && statSync(path).size <= BYTES_MAX ? readFileSync(path, 'utf8') : null;
}
