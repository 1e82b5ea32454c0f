#!/usr/bin/env node
// `maestro-hooks`: starts src/hooks, and lends it the parser of maestro.yml, which hooks.ts itself must not depend on.
import { startDoor } from './find-node.mjs';

await startDoor({ name: 'maestro-hooks', door: 'hooks', needs: [20, 0], argumentsOf: (load) => [readPolicyWith(load)] });

function readPolicyWith(load) {
  return async (yaml) => {
    try {
      const { parseConfig } = await load('config');
      const reading = parseConfig(yaml);
      if (reading.kind === 'ok') return reading.policy;
      return { trouble: reading.problems.map(({ line, text }) => `line ${line}: ${text}`).join('; ') };
    } catch (error) {
      return { trouble: `its parser did not start (${error.message})` };
    }
  };
}
