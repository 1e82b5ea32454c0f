#!/usr/bin/env node
// `npm start`: starts src/app, the GitHub App, under a node that has what it needs, or says what is missing.
import { startDoor } from './find-node.mjs';

await startDoor({ name: 'maestro serve', door: 'app', needs: [22, 18] });
