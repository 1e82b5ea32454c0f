// Door of `maestro-hooks`: arguments in, a few lines out. Runs on node 20 and without any package, for it is copied into clones.
import { realpathSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MaestroError } from './error.ts';
import type { Choices, PolicyReader } from './hook/door.ts';

const USAGE = `maestro-hooks <verb> [options]       Git hooks that tell Maestro about marked pushes

  install     add the hooks to this repository (all its worktrees); hooks that are there keep running, first
  uninstall   take them away; what was there comes back byte for byte
  status      what is installed
  run <hook>  what an installed hook calls

  --repo DIR          the repository (default: here)
  --spool DIR         install: where the coordinator reads signals (repeatable; default: $MAESTRO_SPOOL, else this repository's own)
  --into-hooks-path   install: also when core.hooksPath points outside this repository
  --dry-run           install, uninstall: only list what would be done
  --json              machine-readable
  --version
  --help

MAESTRO_HOOKS=0 skips the hooks once, MAESTRO_DIRECT=1 pushes past Maestro once,
MAESTRO_FORECAST_MS is the time for the forecast of conflicts (default 1000, 0: none).
Exit codes: 0 done (status: all installed); 1 status: not all installed; 2 could not be done; 10 run: refused.
`;

export async function main(argv: readonly string[], readPolicy: PolicyReader | null): Promise<number> {
  try {
    return await dispatch(argv, readPolicy);
  } catch (error) {
    if (!isTellable(error)) throw error;
    const next = error instanceof MaestroError ? error.next : 'maestro-hooks --help';
    process.stderr.write(`maestro-hooks: ${error.message}\n${next === null ? '' : `  try: ${next}\n`}`);
    return 2;
  }
}

/** Ours, parseArgs', the file system's: all carry a code. Anything else is a bug and keeps its stack. */
function isTellable(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

async function dispatch(argv: readonly string[], readPolicy: PolicyReader | null): Promise<number> {
  if (argv[0] === 'run') return await run(argv[1] ?? '', argv.slice(2));
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      repo: { type: 'string', default: '.' },
      spool: { type: 'string', multiple: true, default: [] },
      'into-hooks-path': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [verb = 'help', ...rest] = positionals;
  if (values.version) return say(`${version()}\n`);
  if (values.help || verb === 'help') return say(USAGE);
  if (rest.length > 0) throw new MaestroError('usage', `too many arguments: ${rest.join(' ')}`, { next: 'maestro-hooks --help' });
  const choices: Choices = { repo: resolve(values.repo), spools: values.spool, intoHooksPath: values['into-hooks-path'], dryRun: values['dry-run'], json: values.json };
  const door = await import('./hook/door.ts');
  switch (verb) {
    case 'install': return say(await door.install(choices, readPolicy));
    case 'uninstall': return say(door.uninstall(choices));
    case 'status': {
      const { text, complete } = door.status(choices);
      say(text);
      return complete ? 0 : 1;
    }
    default: throw new MaestroError('usage', `no verb is called ${verb}`, { next: 'maestro-hooks --help' });
  }
}

/** Of the package; a copy in a clone has none. */
function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version?: string };
  return version ?? 'unknown';
}

async function run(hook: string, args: readonly string[]): Promise<number> {
  const { REFUSED_EXIT, render, runHook } = await import('./hook/run.ts');
  const advice = await runHook({ hook, args, stdin: () => readFileSync(0, 'utf8'), env: process.env, nowMs: Date.now });
  process.stderr.write(render(hook, advice));
  return advice.refused ? REFUSED_EXIT : 0;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

const started = process.argv[1];
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2), null);
