// Door of `maestro`: runs the verb, turns what it throws into words and an exit code. Knows no verb's work.
import { sayFailure } from './command/failure.ts';
import { runPlainly } from './command/plain.ts';
import { openTerminal, type Terminal } from './command/terminal.ts';
import { VERBS } from './command/verbs.ts';

export async function main(argv: readonly string[]): Promise<number> {
  const terminal = openTerminal();
  const json = argv.includes('--json');
  const help = VERBS.some(({ name }) => name === argv[0]) ? `maestro ${argv[0]} --help` : 'maestro --help';
  // A mistake of ours that nobody awaited: said like every other failure.
  process.once('uncaughtException', (error) => process.exit(sayFailure(error, json, terminal, help)));
  try {
    return await runPlainly(argv, terminal) ?? await parseAndRun(argv, terminal);
  } catch (error) {
    return sayFailure(error, json, terminal, help);
  }
}

async function parseAndRun(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { runProgram } = await import('./command/program.ts');
  return runProgram(argv, terminal);
}
