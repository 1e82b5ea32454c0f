// Builds dist/ from src/. Nothing else goes in: hooks/ and schema/ are shipped as they are.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './find-node.mjs';

rmSync(join(packageRoot, 'dist'), { recursive: true, force: true });
const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const built = spawnSync(process.execPath, [tsc, '-p', join(packageRoot, 'tsconfig.build.json')], { stdio: 'inherit' });
process.exitCode = built.status ?? 1;
