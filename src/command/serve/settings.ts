// What the App's server is told by its environment, read once and judged whole: everything wrong is said at once, with what to do.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { troubleWith, type Secrets } from '../../adapter/http/signature.ts';

export type Settings = {
  readonly appId: number;
  readonly privateKey: string;
  readonly secrets: Secrets;
  readonly port: number;
  readonly host: string;
  readonly state: string;
  /** Of the API and of the web pages, without a slash at the end. */
  readonly apiUrl: string;
  readonly webUrl: string;
  readonly redisUrl: string | null;
};

/** `unset`: nothing of the App is there yet, so it is made first. */
export type Reading = { readonly kind: 'ok'; readonly settings: Settings } | { readonly kind: 'unset' } | { readonly kind: 'broken'; readonly problems: readonly Problem[] };
export type Problem = { readonly variable: string; readonly why: string; readonly next: string };

const SECRET_NEXT = 'make one with `openssl rand -hex 32` and set the same in the App\'s settings on GitHub';
const PORT_MAX = 65_535;

type Env = Readonly<Record<string, string | undefined>>;

export function readSettings(env: Env, state: string | null): Reading {
  if (given(env, 'APP_ID') === null && given(env, 'PRIVATE_KEY') === null && given(env, 'PRIVATE_KEY_PATH') === null) return { kind: 'unset' };
  const problems: Problem[] = [];
  const appId = Number(given(env, 'APP_ID') ?? '');
  if (!Number.isSafeInteger(appId) || appId <= 0) problems.push({ variable: 'APP_ID', why: 'is no number', next: 'copy it from the App\'s settings on GitHub' });
  const privateKey = keyOf(env, problems);
  const secrets = secretsOf(env, problems);
  const port = Number(given(env, 'PORT') ?? '3000');
  if (!Number.isSafeInteger(port) || port < 0 || port > PORT_MAX) problems.push({ variable: 'PORT', why: 'is no port', next: `a number up to ${PORT_MAX}` });
  if (problems.length > 0) return { kind: 'broken', problems };
  return { kind: 'ok', settings: { appId, privateKey, secrets, port, host: given(env, 'HOST') ?? 'localhost', state: stateOf(env, state), redisUrl: given(env, 'REDIS_URL'), ...addressesOf(env) } };
}

/** What the environment says already counts more. */
export function loadDotEnv(): void {
  const file = resolve('.env');
  if (existsSync(file)) process.loadEnvFile(file);
}

function secretsOf(env: Env, problems: Problem[]): Secrets {
  const secrets = { current: given(env, 'WEBHOOK_SECRET') ?? '', previous: given(env, 'WEBHOOK_SECRET_OLD') };
  const why = troubleWith(secrets.current);
  if (why !== null) problems.push({ variable: 'WEBHOOK_SECRET', why: `${why}: anybody could sign deliveries with it`, next: SECRET_NEXT });
  const old = secrets.previous === null ? null : troubleWith(secrets.previous);
  if (old !== null) problems.push({ variable: 'WEBHOOK_SECRET_OLD', why: old, next: 'leave it out once every delivery is signed with the new one' });
  return secrets;
}

function keyOf(env: Env, problems: Problem[]): string {
  const path = given(env, 'PRIVATE_KEY_PATH');
  const text = given(env, 'PRIVATE_KEY') ?? (path !== null && existsSync(path) ? readFileSync(path, 'utf8') : null);
  const next = 'generate a private key in the App\'s settings and set PRIVATE_KEY_PATH to the file';
  if (text === null) problems.push({ variable: path === null ? 'PRIVATE_KEY' : 'PRIVATE_KEY_PATH', why: path === null ? 'is not set' : `names no file (${path})`, next });
  // One line with \n in it, or base64 as a whole, are how hosters take it.
  const key = (text ?? '').replaceAll('\\n', '\n');
  const plain = key.includes('-----BEGIN') ? key : Buffer.from(key, 'base64').toString('utf8');
  if (text !== null && !plain.includes('PRIVATE KEY-----')) problems.push({ variable: 'PRIVATE_KEY', why: 'is no PEM key', next });
  return plain;
}

/** GITHUB_API_URL and GITHUB_SERVER_URL as Actions sets them; GHE_HOST as Probot reads it. */
function addressesOf(env: Env): Pick<Settings, 'apiUrl' | 'webUrl'> {
  const host = given(env, 'GHE_HOST');
  const own = host === null ? null : `${given(env, 'GHE_PROTOCOL') ?? 'https'}://${host}`;
  const trim = (url: string): string => url.replace(/\/+$/, '');
  return { apiUrl: trim(given(env, 'GITHUB_API_URL') ?? (own === null ? 'https://api.github.com' : `${own}/api/v3`)), webUrl: trim(given(env, 'GITHUB_SERVER_URL') ?? own ?? 'https://github.com') };
}

function stateOf(env: Env, state: string | null): string {
  return resolve(state ?? given(env, 'MAESTRO_STATE') ?? join(given(env, 'XDG_STATE_HOME') ?? join(homedir(), '.local', 'state'), 'maestro', 'app'));
}

function given(env: Env, name: string): string | null {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? null : value;
}
