// The package as a stranger gets it: packed, installed into an empty folder, both bins run.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'maestro-pack-'));
let tarball = '';

beforeAll(() => {
  const packed = JSON.parse(execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  tarball = join(folder, packed[0].filename);
  writeFileSync(join(folder, 'package.json'), '{"name":"empty","private":true}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: folder, stdio: 'ignore' });
}, 180_000);

// A leftover build would be what the bins run, instead of the sources.
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
});

describe('the packed package', () => {
  test('holds what runs and nothing else', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n').filter((name) => name !== '').map((name) => name.replace('package/', ''));
    expect(files).toEqual(expect.arrayContaining(['bin/app.mjs', 'bin/maestro.mjs', 'app.yml', 'dist/cli.js', 'dist/hooks.js', 'hooks/pre-push', 'schema/maestro.schema.json', 'README.md', 'LICENSE']));
    expect(files.filter((name) => !/^(?:bin|dist|hooks|schema)\/|^(?:package\.json|app\.yml|README\.md|LICENSE)$/.test(name))).toEqual([]);
  });

  test('maestro answers, and its version is the package\'s', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(bin('maestro', ['--version']).stdout.trim()).toBe(version);
  });

  test('maestro-hooks installs into a clone', () => {
    const clone = join(folder, 'clone');
    execFileSync('git', ['init', '-q', clone]);
    expect(bin('maestro-hooks', ['install'], clone).status).toBe(0);
    expect(bin('maestro-hooks', ['status'], clone).status).toBe(0);
  });

  test('the demo runs from it', () => {
    const { status, stdout, stderr } = bin('maestro', ['demo']);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('4 branches processed');
    expect(stdout).toContain('1 consensus-resolved conflict');
  }, 60_000);
});

function bin(name: string, args: readonly string[], cwd = folder): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  // The node of this test comes first, as it would for somebody who has a current one.
  const PATH = [resolve(process.execPath, '..'), process.env['PATH']].join(delimiter);
  return spawnSync(join(folder, 'node_modules/.bin', name), args, { cwd, encoding: 'utf8', env: { ...process.env, PATH } });
}
