// What the owner of this machine lets repositories use as voters. Whoever can land on a target writes its config; they must not
// thereby run programs here, reach addresses from here, or say which key goes where. Knows no repository.
import { MaestroError } from '../../error.ts';
import type { ConsensusPolicy } from '../../merge/policy.ts';

/** The variable: entries between `;` or on lines of their own, each `claude -p` or `http://127.0.0.1:11434/v1`, and in brackets the variables it may have. */
export const PERMISSION_VARIABLE = 'MAESTRO_VOTERS';

/** The variable: what all repositories served here may spend on voters in a day (UTC) together. Unset: each has its own limit only. */
export const BUDGET_VARIABLE = 'MAESTRO_VOTERS_BUDGET';

export const ANTHROPIC_URL = 'https://api.anthropic.com/v1';
export const OPENAI_URL = 'https://api.openai.com/v1';

export type Permission = {
  /** A command's words joined by one blank, or an address as `addressOf` writes it. */
  readonly what: string;
  /** Environment variables that go along; of an address the first one is its key. */
  readonly variables: readonly string[];
};

/** Where a key for these is in the environment, somebody put it there for exactly that. */
const ALWAYS: readonly Permission[] = [
  { what: ANTHROPIC_URL, variables: ['ANTHROPIC_API_KEY'] },
  { what: OPENAI_URL, variables: ['OPENAI_API_KEY'] },
];

export function permissionsOf(text: string): readonly Permission[] {
  const entries = text.split(/[;\n]/).map((entry) => entry.trim()).filter((entry) => entry !== '');
  return [...entries.map(permissionOf), ...ALWAYS];
}

/** `2000 calls`, `5000000 tokens`, or both; null where nothing is said. */
export function ownersBudget(text: string): ConsensusPolicy['budget'] | null {
  if (text.trim() === '') return null;
  const [, calls, between, tokens] = /^(?:(\d{1,12}) calls)?(\s*[,;]\s*)?(?:(\d{1,12}) tokens)?$/.exec(text.trim()) ?? [];
  if ((calls === undefined && tokens === undefined) || (between !== undefined) !== (calls !== undefined && tokens !== undefined))
    throw new MaestroError('usage', `${BUDGET_VARIABLE} is not readable`, { next: `write ${BUDGET_VARIABLE}="2000 calls, 5000000 tokens", or one of the two` });
  return { callsPerDay: calls === undefined ? Infinity : Number(calls), tokensPerDay: tokens === undefined ? Infinity : Number(tokens) };
}

function permissionOf(entry: string): Permission {
  const [, what = '', variables = ''] = /^([^()]+?)\s*(?:\(([^()]*)\))?$/.exec(entry) ?? [];
  const names = variables.split(/[\s,]+/).filter((name) => name !== '');
  if (what === '' || names.some((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)))
    throw new MaestroError('usage', `${PERMISSION_VARIABLE} is not readable`, { next: `write ${PERMISSION_VARIABLE}="claude -p (ANTHROPIC_API_KEY); http://127.0.0.1:11434/v1"` });
  return { what: addressOf(what) ?? what.split(/\s+/).join(' '), variables: names };
}

/** An http(s) address without credentials, query or end slash; null where it is none. */
export function addressOf(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
