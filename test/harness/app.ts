// The App as its own process, started as a user starts it, against a simulated GitHub. Shared with the benchmarks.
import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { cleanEnvironment, until } from './stage.ts';
import type { GitHub } from './github/world.ts';

const BIN = resolve(import.meta.dirname, '../../bin/app.mjs');
const START_TIMEOUT_MS = 30_000;

export type AppProcess = {
  readonly child: ChildProcess;
  /** Where it listens, once it does. */
  port(): Promise<number>;
  output(): string;
  /** Sends SIGTERM, resolves with the exit code. */
  stop(): Promise<number>;
};

export function startApp(github: GitHub, state: string, more: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {}): AppProcess {
  const env = {
    ...cleanEnvironment(), APP_ID: String(github.app.id), PRIVATE_KEY: github.app.privateKey, WEBHOOK_SECRET: github.app.secret,
    GITHUB_API_URL: github.url, GITHUB_SERVER_URL: github.url, MAESTRO_STATE: state, HOST: '127.0.0.1', PORT: '0', ...more.env,
  };
  const child = spawn(process.execPath, [BIN, ...(more.args ?? [])], { cwd: state, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<number>((settle) => child.once('exit', (code) => settle(code ?? -1)));
  return {
    child,
    output: () => output,
    port: () => until(() => {
      if (child.exitCode !== null) throw new Error(`the App ended before it listened: ${output.slice(-2000)}`);
      const port = /"port":(\d+).*"msg":"listening"/.exec(output)?.[1];
      return port === undefined ? null : Number(port);
    }, START_TIMEOUT_MS, 'the App to listen'),
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
