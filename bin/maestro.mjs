#!/usr/bin/env node
// `maestro`: starts src/cli under a node that has what it needs (node:sqlite), or says what is missing.
import { startDoor } from './find-node.mjs';

await startDoor({ name: 'maestro', door: 'cli', needs: [22, 18] });
