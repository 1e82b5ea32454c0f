// Builds dist/ from src/. Nothing else goes in: hooks/ and schema/ are shipped as they are.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './find-node.mjs';

rmSync(join(packageRoot, 'dist'), { recursive: true, force: true });
const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
// Types are for those who import the engine; nothing else of the package is imported.
for (const project of ['tsconfig.build.json', 'tsconfig.types.json']) {
  const built = spawnSync(process.execPath, [tsc, '-p', join(packageRoot, project)], { stdio: 'inherit' });
  process.exitCode ||= built.status ?? 1;
}
