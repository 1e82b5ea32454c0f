// Who is calling: app tokens (RS256, really verified), installation tokens, people's tokens. Reads the state; mints nothing by itself.
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { appOf, botOf } from './state.ts';
import type { App, Permissions, State } from './state.ts';
import type { Actor } from './rule.ts';
import { clientId, covers } from './view.ts';

export type Identity = { readonly ok: true; readonly actor: Actor } | { readonly ok: false; readonly message: string };
export const TOKEN_LIFE_MS = 60 * 60 * 1000;
const JWT_LIFE_MAX_S = 600;
/** What GitHub forgives a clock that is ahead. */
const SKEW_S = 60;

let pair: { readonly publicKey: string; readonly privateKey: string } | null = null;

/** One RSA pair a process: making one takes a tenth of a second. */
export function appKeys(): { readonly publicKey: string; readonly privateKey: string } {
  pair ??= generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } });
  return pair;
}

/** A person's token, as far as this server goes. */
export function personToken(login: string): string {
  return `ghp_${Buffer.from(login).toString('hex').padEnd(36, '0')}`;
}

export function identify(state: State, header: string | undefined, nowMs: number): Identity {
  const [scheme = '', value = ''] = (header ?? '').split(' ');
  if (scheme === '') return { ok: true, actor: { kind: 'nobody' } };
  if (scheme.toLowerCase() === 'basic') return byToken(state, Buffer.from(value, 'base64').toString('utf8').replace(/^[^:]*:/, ''), nowMs);
  return value.startsWith('eyJ') && value.split('.').length === 3 ? byJwt(state, value, nowMs) : byToken(state, value, nowMs);
}

function byToken(state: State, token: string, nowMs: number): Identity {
  const person = state.accounts.find((one) => one.type === 'User' && personToken(one.login) === token);
  if (person !== undefined) return { ok: true, actor: { kind: 'user', login: person.login } };
  const known = state.tokens.find((one) => one.token === token && one.expiresAtMs > nowMs);
  const installation = state.installations.find((one) => one.id === known?.installation);
  if (known === undefined || installation === undefined) return { ok: false, message: 'Bad credentials' };
  const app = appOf(state, installation.app);
  // What the installation has lost, its older tokens have lost too.
  const permissions = Object.fromEntries(Object.entries(known.permissions).filter(([name, level]) => covers(installation.permissions[name], level)));
  return { ok: true, actor: { kind: 'installation', app: app.id, login: botOf(app), installation: installation.id, permissions, repositories: known.repositories } };
}

function byJwt(state: State, jwt: string, nowMs: number): Identity {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const claims = parseClaims(body);
  const app = state.apps.find((one) => String(one.id) === String(claims.iss) || clientId(one.id) === claims.iss);
  if (app === undefined) return { ok: false, message: 'Integration not found' };
  if (!signed(app, `${head}.${body}`, signature) || parseClaims(head).alg !== 'RS256') return { ok: false, message: 'A JSON web token could not be decoded' };
  const why = stale(claims, nowMs / 1000);
  return why === null ? { ok: true, actor: { kind: 'app', app: app.id, login: botOf(app) } } : { ok: false, message: why };
}

function stale(claims: Claims, nowS: number): string | null {
  if (typeof claims.exp !== 'number' || claims.exp <= nowS) return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  if (typeof claims.iat !== 'number' || claims.iat > nowS + SKEW_S) return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  return claims.exp > nowS + JWT_LIFE_MAX_S + SKEW_S ? "'Expiration time' claim ('exp') is too far in the future" : null;
}

type Claims = { readonly iss?: unknown; readonly iat?: unknown; readonly exp?: unknown; readonly alg?: unknown };

function parseClaims(part: string): Claims {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Claims;
  } catch {
    return {};
  }
}

function signed(app: App, text: string, signature: string): boolean {
  return verify('RSA-SHA256', Buffer.from(text), createPublicKey(app.publicKey), Buffer.from(signature, 'base64url'));
}

/** One of the alternatives is held in full. People are judged by their role, not here. */
export function holds(permissions: Permissions, needs: readonly Permissions[]): boolean {
  return needs.length === 0 || needs.some((one) => Object.entries(one).every(([name, level]) => name === 'metadata' || covers(permissions[name], level)));
}

