// Where a remote is, as a value: what kind of address, and what may be said of it in public. Runs nothing.
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MaestroError } from '../../error.ts';

/** `url` is handed to git as it stands; `path` is set when the remote is a folder of this machine. */
export type Address = { readonly url: string; readonly path: string | null; readonly settings: readonly string[] };

const URL_BYTES_MAX = 2048;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
// A user name in a web address is all right, a token in its place is not.
const TOKEN = /^(?:gh[a-z]_|github_pat_|glpat-|x-access-token|oauth2)|^[\w-]{30,}$/i;
const SCP = /^(?:[\w.-]+@)?[\w.-]+:(?!\/\/)[^\s]+$/;

/** Refuses everything but https, ssh and folders: other transports of git can run commands. */
export function parseAddress(remote: string): Address {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
  if (remote === '' || remote.length > URL_BYTES_MAX || remote.startsWith('-') || /[\u0000-\u001f\u007f]/.test(remote)) throw refused('The remote is no address that can be used.');
  if (isAbsolute(remote)) return folder(remote, remote);
  if (/^[\w+.-]*::/.test(remote)) throw refused('Remotes that run a helper (`::`) are never used.');
  if (/^[\w+.-]+:\/\//.test(remote)) return parseUrl(remote);
  if (SCP.test(remote)) return { url: remote, path: null, settings: [] };
  throw refused('The remote is neither a URL nor an absolute path.');
}

/** The remote without anything secret, for messages. */
export function publicName(remote: string): string {
  return remote.replace(/^([\w+.-]+:\/\/)[^/@]*@/, '$1');
}

function parseUrl(remote: string): Address {
  const url = URL.parse(remote);
  if (url === null) throw refused('The remote is no valid URL.');
  if (url.password !== '' || (url.protocol !== 'ssh:' && TOKEN.test(decodeURIComponent(url.username)))) {
    throw refused('The remote\'s URL carries a password or token.', 'Keep it in a git credential helper and leave it out of the URL');
  }
  switch (url.protocol) {
    case 'file:': return folder(remote, fileURLToPath(url));
    case 'https:':
    case 'ssh:': return { url: remote, path: null, settings: [] };
    case 'http:':
      if (LOOPBACK.has(url.hostname)) return { url: remote, path: null, settings: ['protocol.http.allow=always'] };
      throw refused('Plain http is only used to this machine itself.', 'Use the https address');
    default: throw refused(`Remotes by ${url.protocol}// are not used.`);
  }
}

function folder(url: string, path: string): Address {
  return { url, path: resolve(path), settings: ['protocol.file.allow=always'] };
}

function refused(message: string, next?: string): MaestroError {
  return new MaestroError('config-invalid', message, next === undefined ? {} : { next });
}
