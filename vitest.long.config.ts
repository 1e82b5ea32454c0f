// The long proofs: first those that leave a core free, two files side by side; then those that fill the machine, or build dist/ under everybody's feet.
import { defineConfig } from 'vitest/config';

const ALL = 'test/**/*.long.test.ts';
const ALONE = ['test/kill/matrix.long.test.ts', 'test/simulation/*.long.test.ts', 'test/scale/*.long.test.ts', 'test/app/scale.long.test.ts', 'test/app/cost.long.test.ts', 'test/pack.long.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 900_000,
    hookTimeout: 60_000,
    pool: 'forks',
    execArgv: ['--no-wasm-code-gc'],
    reporters: ['verbose'],
    projects: [
      { extends: true, test: { name: 'side by side', include: [ALL], exclude: ALONE, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
