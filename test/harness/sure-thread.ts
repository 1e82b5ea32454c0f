// The sure ladder in a thread that comes to no harm.
import { serveSure } from './sure-ladder.ts';

await serveSure(() => undefined);
