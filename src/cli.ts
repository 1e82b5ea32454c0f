// Door of `maestro`: runs the verb, turns what it throws into words and an exit code. Knows no verb's work.
import { sayFailure } from './command/failure.ts';
import { openTerminal, type Terminal } from './command/terminal.ts';

export async function main(argv: readonly string[]): Promise<number> {
  const terminal = openTerminal();
  const json = argv.includes('--json');
  // A mistake of ours that nobody awaited: said like every other failure.
  process.once('uncaughtException', (error) => process.exit(sayFailure(error, json, terminal)));
  try {
    if (isPlainStatus(argv)) return await plainStatus(terminal, json);
    const { runProgram } = await import('./command/program.ts');
    return await runProgram(argv, terminal);
  } catch (error) {
    return sayFailure(error, json, terminal);
  }
}

/** What prompts and watch loops call: the parser alone would take a tenth of the time it may take. */
function isPlainStatus([verb, ...flags]: readonly string[]): boolean {
  return verb === 'status' && flags.every((flag) => flag === '--json');
}

async function plainStatus(terminal: Terminal, json: boolean): Promise<number> {
  const { status } = await import('./command/status.ts');
  return status.run({ arg: () => null, has: () => false, value: () => null, repo: '.', state: null, json, terminal });
}
