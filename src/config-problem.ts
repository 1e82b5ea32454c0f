// What zod found wrong, in words for the person who wrote the file. Knows neither YAML nor the policy.
import { KNOWN_KEYS } from './config-schema.ts';
import { printable } from './merge/branch.ts';
import { editDistance } from './merge/spelling.ts';
import type { Path } from './config-yaml.ts';

/** The part of zod's issues that is read here. */
export type Issue = {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
  readonly values?: readonly unknown[];
};

export type Complaint = { readonly path: Path; readonly text: string };

/** `value` is the whole file, to tell a missing value from a wrong one. */
export function complaintsOf(issue: Issue, value: unknown): readonly Complaint[] {
  const path = issue.path.map((key) => typeof key === 'number' ? key : String(key));
  if (issue.code === 'unrecognized_keys') return (issue.keys ?? []).map((key) => unknownKey(path, key));
  if (issue.code === 'invalid_union') {
    const fitting = issue.errors?.find((branch) => branch.every((inner) => inner.path.length > 0 || inner.code !== 'invalid_type'));
    if (fitting !== undefined) return fitting.flatMap((inner) => complaintsOf({ ...inner, path: [...issue.path, ...inner.path] }, value));
  }
  return [{ path, text: `${nameOf(path)}${valueAt(value, path) === undefined ? ' is missing' : `: ${reasonOf(issue)}`}` }];
}

/** `hierarchy #3 branch`: list positions count from 1. */
function nameOf(path: Path): string {
  return path.length === 0 ? 'the file' : path.map((key) => typeof key === 'number' ? `#${key + 1}` : key).join(' ');
}

function reasonOf(issue: Issue): string {
  if (issue.code === 'invalid_value') return `write ${(issue.values ?? []).map(String).join(', ')}`;
  if (issue.code === 'invalid_union') return 'write a command, or a map with `run:`';
  const said = issue.message.replace(/^Invalid input: /, '');
  return said.replace('expected object', 'expected a map').replace('expected array', 'expected a list').replace('received object', 'received a map').replace('received array', 'received a list');
}

function unknownKey(path: Path, key: string): Complaint {
  const known = KNOWN_KEYS.get(path.map((part) => typeof part === 'number' ? '*' : part).join('.')) ?? [];
  const nearest = nearestOf(key.slice(0, KEY_CHARS_MAX), known);
  const advice = nearest === null ? `known here: ${known.join(', ')}` : `did you mean \`${nearest}\`?`;
  return { path: [...path, key], text: `unknown key \`${printable(key, KEY_CHARS_MAX)}\`${path.length === 0 ? '' : ` in ${nameOf(path)}`}; ${advice}` };
}

const KEY_CHARS_MAX = 60;

/** The nearest known word, null when none is within a third of its length and none begins the same way (`promotion`). */
function nearestOf(word: string, known: readonly string[]): string | null {
  let nearest: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase().replaceAll('_', '-'), candidate);
    if (distance < least && distance <= Math.max(2, candidate.length / 3)) [nearest, least] = [candidate, distance];
  }
  return nearest ?? known.find((candidate) => candidate.length >= SAME_START_CHARS && word.startsWith(candidate.slice(0, SAME_START_CHARS))) ?? null;
}

const SAME_START_CHARS = 5;

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? (inner as Record<string | number, unknown>)[key] : undefined, value);
}
