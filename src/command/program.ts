// The command line as commander sees it: help, and what is wrong with arguments. Loaded for whatever `plain.ts` does not read.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { MaestroError } from '../error.ts';
import { EXIT_CODES } from './failure.ts';
import type { Terminal } from './terminal.ts';
import { callOf, type Verb } from './verb.ts';
import { COMMON_FLAGS, VERBS } from './verbs.ts';

/** Parses, runs the verb, returns its exit code. Throws MaestroError; `usage` when the arguments make no sense. */
export async function runProgram(argv: readonly string[], terminal: Terminal): Promise<number> {
  const called = argv[0] === 'help' ? argv[1] : argv[0];
  let code = 0;
  const program = new Command('maestro').description('Lands the branches that coding agents push with READY_TO_MERGE.').version(packageVersion(), '--version').showSuggestionAfterError().exitOverride();
  program.configureOutput({ writeErr: () => undefined });
  program.addHelpText('after', `\nA first look:  maestro demo\nYour own repository:  maestro init, then maestro-hooks install, then maestro start\n\n${EXIT_CODES}`);
  for (const entry of VERBS) {
    const command = program.command(entry.name).description(entry.what).copyInheritedSettings(program);
    if (entry.name === called) declare(command, await entry.load(), terminal, (result) => (code = result));
  }
  try {
    await program.parseAsync(argv.length === 0 ? ['help'] : [...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    // All that commander has to say of help on a verb there is not.
    const said = error.code === 'commander.help' ? `unknown command '${called}'` : error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    throw new MaestroError('usage', said, { next: VERBS.some((entry) => entry.name === called) ? `maestro ${called} --help` : 'maestro --help' });
  }
  return code;
}

function declare(command: Command, verb: Verb, terminal: Terminal, end: (code: number) => void): void {
  for (const [notation, what] of verb.args) command.argument(notation, what);
  for (const [notation, what] of [...verb.flags, ...COMMON_FLAGS]) command.option(notation, what);
  command.addHelpText('after', `\n${verb.notes === '' ? '' : `${verb.notes}\n\n`}${EXIT_CODES}`);
  command.action(async () => end(await verb.run(callOf(command.args, command.opts(), terminal))));
}

function packageVersion(): string {
  const read: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}
