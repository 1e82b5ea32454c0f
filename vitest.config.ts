// The fast suite: everything but the long proofs. Under four minutes on two cores.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.long.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    execArgv: ['--no-wasm-code-gc'],
    maxWorkers: 2,
    reporters: ['default'],
  },
});
