// The thread of the ladder, put together. Started by adapter/ladder only.
import { parentPort } from 'node:worker_threads';
import { serveLadder } from './adapter/ladder/serve.ts';

if (parentPort !== null) serveLadder(parentPort, { parser: null, school: { lessonsOf: () => null, learn: () => undefined } });
