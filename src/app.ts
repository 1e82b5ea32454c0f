// Door of the GitHub App, `npm start`: the same as `maestro serve`. Knows no event and no repository.
import { main as maestro } from './cli.ts';

export function main(argv: readonly string[]): Promise<number> {
  return maestro(['serve', ...argv]);
}
