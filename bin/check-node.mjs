// Runs before `npm test`: says readably when the pinned node of this checkout is missing, instead of a page of syntax errors.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findNode, isAtLeast, packageRoot, versionOf } from './find-node.mjs';

const WANTED = [24, 0];

if (!isAtLeast(process.versions.node, WANTED)) {
  const pinned = join(packageRoot, 'node_modules', 'node', 'bin', 'node');
  const installed = existsSync(join(packageRoot, 'node_modules', 'vitest'));
  const broken = existsSync(pinned) ? `node_modules/node is there but answers "${versionOf(pinned)}"` : 'node_modules/node has no binary (was it installed with --ignore-scripts or --omit=dev?)';
  const found = findNode(WANTED) === null ? broken : 'node_modules/.bin is not first in PATH: start the tests with npm test';
  process.stderr.write(`The tests need Node ${WANTED[0]}, which is a devDependency of this package.\n  running: ${process.versions.node} (${process.execPath})\n  found:   ${installed ? found : 'nothing is installed here'}\n  try:     ${installed ? 'npm rebuild node' : 'npm ci'}\n`);
  process.exitCode = 1;
}
