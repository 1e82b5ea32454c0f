// `maestro serve`: the GitHub App. Without an App it serves the page that makes one.
import { copyFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { WEBHOOK_PATH } from '../adapter/http/door.ts';
import { MaestroError } from '../error.ts';
import type { ServerOptions } from '../compose-server.ts';
import { loadDotEnv, readSettings, type Problem, type Settings } from './serve/settings.ts';
import { onStop } from './stop.ts';
import type { Call, Verb } from './verb.ts';

const RETRY_MS = 5_000;
const EXIT_KILLED = 130;
const SECRETS = /gh[a-z]_[A-Za-z0-9_.-]+|github_pat_\w+|x-access-token:[^@\s]+|Basic [A-Za-z0-9+/=]+/g;

export const serve: Verb = {
  args: [],
  flags: [['--web', 'with REDIS_URL: only take deliveries, for workers elsewhere'], ['--worker', 'with REDIS_URL: only serve repositories, for doors elsewhere']],
  notes: [
    'Reads its settings from the environment and from .env here: APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH, WEBHOOK_SECRET; PORT, HOST, PUBLIC_URL, MAESTRO_STATE, LOG_LEVEL. `maestro doctor` says what is missing.',
    'With none of the App\'s variables set it serves a page that creates the App from app.yml and writes .env; then start it again.',
    'SIGINT or SIGTERM: takes no more deliveries, lets the running pushes end, exits 0. What is left is done by the next start.',
  ].join('\n'),
  run,
};

async function run(call: Call): Promise<number> {
  loadDotEnv();
  const reading = readSettings(process.env, call.state);
  switch (reading.kind) {
    case 'ok': return serveApp(reading.settings, scaleOf(reading.settings, call));
    case 'unset': return serveSetup(call);
    case 'broken': throw brokenSettings(reading.problems);
  }
}

/** Without REDIS_URL one process does everything; with it, and no flag, it is both kinds at once. */
function scaleOf({ redisUrl }: Settings, call: Call): ServerOptions['scale'] {
  const [web, worker] = [call.has('web'), call.has('worker')];
  if (redisUrl === null && (web || worker)) throw new MaestroError('usage', '--web and --worker divide the work over several processes, which meet on a Redis', { next: 'set REDIS_URL' });
  return redisUrl === null ? null : { redisUrl, web: web || !worker, worker: worker || !web };
}

async function serveApp(settings: Settings, scale: ServerOptions['scale']): Promise<number> {
  const { openServer } = await import('../compose-server.ts');
  const log = openLog();
  const stopped = new Promise<void>((stop) => {
    onStop(() => stop(), () => process.exit(EXIT_KILLED));
  });
  const server = await patiently(() => openServer({ ...settings, scale, log: { info: (text, about) => log.info(about ?? {}, text), warn: (text, about) => log.warn(about ?? {}, text) } }), stopped, (text) => log.warn(text));
  if (server === null) return 0;
  await stopped;
  log.info('stopping: what is being pushed ends first');
  await server.close();
  return 0;
}

/** A GitHub or a Redis that is away comes back: deliveries meanwhile are asked for again. Null when told to stop first. */
async function patiently<T>(open: () => Promise<T>, stopped: Promise<void>, warn: (text: string) => void): Promise<T | null> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof MaestroError) || !error.retryable) throw error;
      warn(`${error.message}; trying again`);
    }
    const stop = await Promise.race([sleep(RETRY_MS, 'again', { ref: true }), stopped]);
    if (stop !== 'again') return null;
  }
}

/** Probot's own page. It writes secrets to .env for whoever can reach it, so nobody else can. */
async function serveSetup(call: Call): Promise<number> {
  if (process.env['NODE_ENV'] === 'production') throw new MaestroError('config-invalid', 'APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are not set', { next: 'create the App with `npm start` outside production, then set what it wrote into .env' });
  const env = { ...process.env, NO_SMEE_SETUP: 'true' as const, HOST: '127.0.0.1' };
  const publicUrl = process.env['PUBLIC_URL']?.replace(/\/+$/, '');
  // Probot's page would name its own address and path, neither of which GitHub could deliver to.
  process.env['WEBHOOK_PROXY_URL'] ??= `${publicUrl ?? 'https://example.org'}${WEBHOOK_PATH}`;
  process.env['NO_SMEE_SETUP'] = 'true';
  // The page reads it from here.
  if (!existsSync('app.yml')) copyFileSync(new URL('../../app.yml', import.meta.url), 'app.yml');
  const { run: runProbot } = await import('probot');
  const server = await runProbot(() => undefined, { env });
  call.terminal.out(`No GitHub App yet. Open http://127.0.0.1:${server.port}/probot to create it; then start this again.`);
  if (publicUrl === undefined) call.terminal.out('PUBLIC_URL is not set: the App will deliver to https://example.org until you change its webhook URL in its settings on GitHub.');
  await new Promise<void>((stop) => {
    onStop(() => stop(), () => process.exit(EXIT_KILLED));
  });
  await server.stop();
  return 0;
}

function brokenSettings(problems: readonly Problem[]): MaestroError {
  const [first] = problems;
  return new MaestroError('config-invalid', problems.map(({ variable, why }) => `${variable} ${why}`).join('; '), { next: first?.next ?? 'maestro doctor' });
}

/** JSON lines; whatever looks like a token is not printed, wherever it came from. */
function openLog(): pino.Logger {
  return pino({ level: process.env['LOG_LEVEL'] ?? 'info', base: null, redact: ['token', 'secret', 'privateKey', '*.token', '*.secret'] }, { write: (line: string) => void process.stdout.write(line.replace(SECRETS, '[redacted]')) });
}
