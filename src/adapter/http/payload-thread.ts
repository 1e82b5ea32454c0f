// The thread that reads large bodies, one after another. Started by payload-reader.ts only.
import { parentPort } from 'node:worker_threads';
import { readPayload, type Body } from './payload.ts';

parentPort?.on('message', (body: Body) => parentPort?.postMessage(readPayload(body)));
