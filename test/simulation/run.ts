// Runs the simulation as its own process, as `npm run simulate` does, and reads its JSON lines.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SIMULATE = fileURLToPath(new URL('simulate.ts', import.meta.url));

export type Outcome = { readonly seeds: number; readonly failures: number; readonly failed: readonly { readonly seed: number; readonly invariant: string; readonly detail: string }[]; readonly faults: Readonly<Record<string, number>>; readonly checked: Readonly<Record<string, number>> };
export type Catch = { readonly bug: string; readonly caughtAtSeed: number | null; readonly invariant: string | null };

export function simulate(...options: readonly string[]): Outcome {
  return JSON.parse(lines(...options)[0] ?? '') as Outcome;
}

export function plant(...options: readonly string[]): readonly Catch[] {
  return lines('--planted', ...options).map((line) => JSON.parse(line) as Catch);
}

/** Exit code 1 says that a law broke: that stands in the lines. */
function lines(...options: readonly string[]): readonly string[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [SIMULATE, ...options, '--json'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0 && status !== 1) throw new Error(`the simulation ended with ${status}: ${stderr}`);
  if (stdout === '') throw new Error(`the simulation said nothing: ${stderr}`);
  return stdout.trimEnd().split('\n');
}
