// Is there a secret in what would leave the machine? A wrong yes costs a vote, a wrong no costs a key: in doubt it stays.
import type { VoterQuestion } from '../../port/voter.ts';

export type SecretKind = 'path' | 'private-key' | 'cloud-key' | 'forge-token' | 'chat-token' | 'model-key' | 'service-key' | 'jwt' | 'url-password' | 'header' | 'command-line' | 'assignment' | 'random-text';

/** The first kind found in anything a voter would read; what was found is never repeated. */
export function secretIn(question: VoterQuestion): SecretKind | null {
  if (SECRET_PATH.test(question.path)) return 'path';
  const texts = [
    question.path, question.intents.left, question.intents.right, ...question.evidence,
    ...question.hunks.flatMap((hunk) => [hunk.context, hunk.base, hunk.left, hunk.right]),
    ...question.options.flatMap((option) => [option.text, ...option.facts]),
  ];
  for (const text of texts) {
    const kind = secretKindOf(text);
    if (kind !== null) return kind;
  }
  return null;
}

const SECRET_PATH = /(?:^|\/)(?:\.env(?:\.[^/]*)?|\.npmrc|\.netrc|\.pypirc|\.htpasswd|\.pgpass|id_(?:rsa|dsa|ecdsa|ed25519)|credentials(?:\.[^/]*)?|secrets?\.[^/]*|[^/]*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|asc))$/i;

// Every repetition is bounded: a hostile text must not make one of them slow.
const FORMS: readonly (readonly [SecretKind, RegExp])[] = [
  ['private-key', /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d|AGE-SECRET-KEY-1/],
  ['cloud-key', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b|\bAIza[\w-]{35}|\bya29\.[\w-]{20}|\bGOCSPX-[\w-]{20}|\bAccountKey=[A-Za-z0-9+/]{40}|\bdop_v1_[0-9a-f]{32}/],
  ['forge-token', /\bgh[pousr]_[A-Za-z0-9]{20}|\bgithub_pat_\w{20}|\bglpat-[\w-]{20}|\bnpm_[A-Za-z0-9]{30}|\bpypi-[\w-]{40}/],
  ['chat-token', /\bxox[abeoprs]-[A-Za-z0-9-]{10}|\bxapp-\d-[A-Za-z0-9-]{10}|hooks\.slack\.com\/services\/T\w{6,12}\/B|discord(?:app)?\.com\/api\/webhooks\/\d/],
  ['model-key', /\bsk-(?:ant-|proj-|or-|svcacct-)?[\w-]{20}|\bhf_[A-Za-z0-9]{30}|\bgsk_[A-Za-z0-9]{30}|\bxai-[A-Za-z0-9]{30}/],
  ['service-key', /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16}|\bSG\.[\w-]{16,32}\.[\w-]{16}|\bkey-[0-9a-f]{32}\b|\bSK[0-9a-f]{32}\b/],
  ['jwt', /\beyJ[\w-]{8,2000}\.eyJ[\w-]{8,4000}\./],
  ['header', /\b(?:Bearer|Basic)\s{1,4}(?=[A-Za-z._~+/-]{0,60}\d)[A-Za-z0-9._~+/-]{16,400}/],
  ['url-password', /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"`]{0,80}:(?!\$|<|\*|\{)[^\s@/'"`]{3,200}@/i],
  ['command-line', /(?:^|\s)(?:-u|--user)[\s=]{1,4}["']?[^\s:'"`$<{]{1,60}:(?![$<{*]|\d+(?:\s|$))[^\s'"`]{4,200}/],
  // Of a list of settings in one text, as databases take it.
  ['assignment', /;\s{0,4}(?:password|pwd)\s{0,4}=\s{0,4}(?![$<{%*;])[^;"'`\s]{4,200}/i],
  ['assignment', /(?:key|token|secret|pass|pwd|auth|salt)[\w-]{0,20}["'`]?\]?\s{0,4}(?:[:=]|=>)\s{0,4}["'`]?[0-9a-f]{32,128}\b/i],
];

export function secretKindOf(text: string): SecretKind | null {
  const form = FORMS.find(([, pattern]) => pattern.test(text));
  if (form !== undefined) return form[0];
  if (assignsSecret(text)) return 'assignment';
  return hasRandomText(text) ? 'random-text' : null;
}

const WORD = '(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|credentials?)';
const QUOTED = new RegExp(`${WORD}[\\w-]{0,30}["'\`]?\\]?\\s{0,4}(?::\\s{0,4}[A-Za-z]{1,20}\\s{0,4})?(?:=>|[:=]{1,3})\\s{0,4}["'\`]([^"'\`\\s]{6,400})["'\`]`, 'gi');
const BARE = new RegExp(`${WORD}[\\w-]{0,30}[ \\t]{0,4}[:=][ \\t]{0,4}([^\\s"'\`$<{()\\[\\];,]{8,400})[ \\t]{0,4}$`, 'gim');
/** What stands for a value that is not there. */
const PLACEHOLDER = /^[$<{%*]|process\.env|os\.environ|placeholder|change-?me|your[_-]|dummy|redacted|x{4}|\*{3}|\.{3}|^(?:test|fake|mock|example)(?:[_-][a-z]+)*$|^(?:https?:\/)?\//i;
/** Names of fields, kinds and places; not the value of what is called a password. */
const NAME = /^[a-z]+(?:[_-][a-z]+)*$/i;
const PASSWORD_WORDS = /^(?:(?:current|new|old|my|the|some|super|very|no|change)?[_-]?(?:passw(?:or)?d|passphrase|pass|pwd|secret|token|key|text|string|hidden|required|optional|invalid|wrong|empty|boolean|undefined|example|placeholder|changeme))+$/i;
const PASSWORD = new RegExp(`(?:passw(?:or)?d|passphrase|pwd)["'\`]?\\]?\\s{0,4}(?:=>|[:=]{1,3})\\s{0,4}["'\`]([a-z]{8,40})["'\`]`, 'gi');
/** Other words begin with `pass`, and tests pass: only what mixes letters and digits. */
const PASS = /(?<![a-z])pass["'`]?\]?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}["'`]?(?=[!-~]{0,60}\d)(?=[!-~]{0,60}[a-z])([!-~]{6,200})/gi;

function assignsSecret(text: string): boolean {
  return [...text.matchAll(QUOTED)].some(([, value = '']) => !PLACEHOLDER.test(value) && !NAME.test(value))
    || [...text.matchAll(PASSWORD)].some(([, value = '']) => !PASSWORD_WORDS.test(value) && !PLACEHOLDER.test(value))
    || [...text.matchAll(PASS)].some(([, value = '']) => !PLACEHOLDER.test(value) && !/[\\(]|^[\w$]+\.[\w$.]+/.test(value))
    // Without quotes it could be a type or a call: only what mixes letters and digits is taken for a password.
    || [...text.matchAll(BARE)].some(([, value = '']) => !PLACEHOLDER.test(value) && !NAME.test(value) && /[a-z]/i.test(value) && /\d/.test(value) && !/^[\w$]+\.[\w$.]+$/.test(value));
}

// Hashes of lock files are no secrets, and there are many of them.
const TOKEN = /(?<![A-Za-z0-9+/_=-])(?!sha\d{1,3}[-:])[A-Za-z0-9+/_-]{28,400}/g;
const ENTROPY_BITS_MIN = 4;
// Random text changes between lower, upper, digit and sign at six of ten steps; names in camel case at four at most.
const CHANGE_SHARE_MIN = 0.45;

function hasRandomText(text: string): boolean {
  return [...text.matchAll(TOKEN)].some(([token]) => {
    return /[a-z]/.test(token) && /[A-Z]/.test(token) && /\d/.test(token) && changeShare(token) >= CHANGE_SHARE_MIN && entropyBits(token) >= ENTROPY_BITS_MIN;
  });
}

function changeShare(token: string): number {
  const classes = Array.from(token, (c) => /[a-z]/.test(c) ? 'a' : /[A-Z]/.test(c) ? 'A' : /\d/.test(c) ? '0' : '-');
  return classes.filter((kind, at) => at > 0 && kind !== classes[at - 1]).length / (token.length - 1);
}

/** Shannon's, per character. */
function entropyBits(token: string): number {
  const counts = new Map<string, number>();
  for (const c of token) counts.set(c, (counts.get(c) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - (count / token.length) * Math.log2(count / token.length), 0);
}
