// What an answer of GitHub that is no success means: wait and when, look whether it happened, or stop and say what to change.
import { MaestroError } from '../../error.ts';
import { printable } from '../../merge/branch.ts';

export type Failure =
  /** A limit was met; nothing was done. `untilMs` by our clock. */
  | { readonly kind: 'limited'; readonly untilMs: number; readonly secondary: boolean }
  | { readonly kind: 'token' }
  /** Nobody knows whether it was done. */
  | { readonly kind: 'lost'; readonly why: string }
  /** What it is about, or the repository under this name, is not there. */
  | { readonly kind: 'gone'; readonly status: number }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string };

const MINUTE_MS = 60_000;
const WHY_CHARS_MAX = 300;

export function failureOf(error: unknown, nowMs: number): Failure {
  if (isGraphAnswer(error)) return graphFailure(error, nowMs);
  if (!isAnswer(error)) return { kind: 'lost', why: error instanceof Error ? error.message : String(error) };
  const { status } = error;
  if (error.response === undefined || status >= 500) return { kind: 'lost', why: error.response === undefined ? error.message : `it answered ${status}` };
  if (status === 401) return { kind: 'token' };
  const limit = status === 403 || status === 429 ? limitOf(error, nowMs) : null;
  if (limit !== null) return limit;
  if (status === 404 || status === 410 || status === 301) return { kind: 'gone', status };
  return { kind: 'refused', status, why: printable(error.message, WHY_CHARS_MAX) };
}

type Answer = Error & { readonly status: number; readonly response?: { readonly headers: Readonly<Record<string, unknown>> } };

/** Octokit's error for every answer that is no success, and with status 500 and no response for none at all. */
function isAnswer(error: unknown): error is Answer {
  return error instanceof Error && error.name === 'HttpError' && 'status' in error && typeof error.status === 'number';
}

type GraphAnswer = Error & { readonly errors: readonly { readonly type?: string; readonly message: string }[]; readonly headers: Readonly<Record<string, unknown>> };

/** GraphQL's errors come with status 200. */
function isGraphAnswer(error: unknown): error is GraphAnswer {
  return error instanceof Error && error.name === 'GraphqlResponseError' && 'errors' in error && Array.isArray(error.errors);
}

function graphFailure(error: GraphAnswer, nowMs: number): Failure {
  const isLimit = error.errors.some(({ type }) => type === 'RATE_LIMITED');
  const limit = isLimit ? limitOf(Object.assign(new Error(error.message), { status: 429, response: { headers: error.headers } }), nowMs) : null;
  return limit ?? { kind: 'refused', status: 422, why: printable(error.errors.map(({ message }) => message).join('; '), WHY_CHARS_MAX) };
}

/** As GitHub asks: `retry-after`, else the reset of a used-up budget, else a minute. */
function limitOf(error: Answer, nowMs: number): Failure | null {
  const header = (name: string): string | null => {
    const value: unknown = error.response?.headers[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
  const after = Number(header('retry-after') ?? Number.NaN);
  if (Number.isFinite(after)) return { kind: 'limited', untilMs: nowMs + after * 1000, secondary: header('x-ratelimit-remaining') !== '0' };
  const reset = Number(header('x-ratelimit-reset') ?? Number.NaN);
  if (header('x-ratelimit-remaining') === '0' && Number.isFinite(reset)) return { kind: 'limited', untilMs: Math.max(nowMs, reset * 1000), secondary: false };
  return error.status === 429 || /secondary rate limit|abuse detection/i.test(error.message) ? { kind: 'limited', untilMs: nowMs + MINUTE_MS, secondary: true } : null;
}

/** What a person has to change. */
export function refusal(what: string, status: number, why: string): MaestroError {
  if (/not accessible by integration/i.test(why)) return new MaestroError('forge-refused', `GitHub does not let the App ${what}: a permission is missing.`, { next: 'grant it in the App\'s settings under Permissions & events, then accept it in the installation' });
  if (/suspended/i.test(why)) return new MaestroError('forge-refused', `The installation of the App is suspended, so it cannot ${what}.`, { next: 'unsuspend it in the settings of the account it is installed on' });
  return new MaestroError('forge-refused', `GitHub refused to ${what} (${status}): ${why}`);
}
