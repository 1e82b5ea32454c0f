// What a call over the network needs of the user's own git config, read once and handed on as environment. Never reads a repository's config.
import { execFile } from 'node:child_process';
import { parse } from 'node:path';

const CONFIG_BYTES_MAX = 1024 * 1024;
const TIMEOUT_MS = 5000;
const SETTINGS_MAX = 500;
const WANTED = /^(?:credential\.|http\.|core\.sshcommand$|url\..*\.(?:insteadof|pushinsteadof)$)/is;
const VARIABLES = ['GIT_SSL_CAINFO', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSH_COMMAND', 'GIT_SSH', 'GIT_ASKPASS', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

type Setting = { readonly key: string; readonly value: string };

/** As environment, because a command line is visible to every user of the machine. */
export async function networkEnvironment(): Promise<Readonly<Record<string, string>>> {
  const scopes = isSet('GIT_CONFIG_NOSYSTEM') ? (['--global'] as const) : (['--system', '--global'] as const);
  const settings = (await Promise.all(scopes.map((scope) => settingsOf(scope)))).flat().slice(0, SETTINGS_MAX);
  const found: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  for (const [index, { key, value }] of settings.entries()) {
    found[`GIT_CONFIG_KEY_${index}`] = key;
    found[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  for (const name of VARIABLES) {
    const value = process.env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** A forge's short-lived token for calls to this remote, and to no other host. */
export function tokenEnvironment(url: string, token: string): Readonly<Record<string, string>> {
  return {
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: ${authorization(token)}`,
    // Nobody's own helper is asked: what this token may not do is said, not worked around.
    GIT_CONFIG_KEY_1: 'credential.helper',
    GIT_CONFIG_VALUE_1: '',
  };
}

export function authorization(token: string): string {
  return `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
}

function isSet(name: string): boolean {
  return !['', '0', 'false', 'no', 'off'].includes((process.env[name] ?? '').toLowerCase());
}

/** No such file, or no git: nothing to hand on. */
function settingsOf(scope: '--system' | '--global'): Promise<readonly Setting[]> {
  const options = { cwd: parse(process.cwd()).root, timeout: TIMEOUT_MS, maxBuffer: CONFIG_BYTES_MAX };
  return new Promise((resolve) => {
    execFile('git', ['config', scope, '--includes', '--list', '-z'], options, (error, stdout) => resolve(error ? [] : parseSettings(stdout)));
  });
}

/** `key NEWLINE value NUL`; a key alone means true. */
function parseSettings(listed: string): readonly Setting[] {
  return listed.split('\0').filter((entry) => entry !== '').flatMap((entry) => {
    const end = entry.indexOf('\n');
    const key = end === -1 ? entry : entry.slice(0, end);
    return WANTED.test(key) ? [{ key, value: end === -1 ? 'true' : entry.slice(end + 1) }] : [];
  });
}
