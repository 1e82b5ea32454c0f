// The sure ladder in a thread that files named after a way to end it end that way.
import { serveSure } from './sure-ladder.ts';

const ENDS: Readonly<Record<string, () => void>> = {
  'die.json': () => process.exit(1),
  'throw.json': () => { throw new Error('what a thread throws'); },
  'spin.json': () => { for (;;); },
};

await serveSure((task) => { if ('file' in task) ENDS[task.file.path]?.(); });
