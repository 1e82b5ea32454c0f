// What a route is: a line of the official description, who may call it, and what it answers, typed by that description. Knows no socket.
import type { paths } from '@octokit/openapi-types';
import type { Bare } from './bare.ts';
import type { By } from './change.ts';
import type { Hub } from './hub.ts';
import type { Actor } from './rule.ts';
import type { Permissions, Repository, State } from './state.ts';

type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';
/** Status and JSON body of every success the description allows; errors are thrown (Refused). */
type Allowed<R> = { [S in keyof R]: { readonly status: S; readonly body: R[S] extends { content: { 'application/json': infer B } } ? B : unknown } }[keyof R & (200 | 201 | 202 | 204)];
type Answers<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: { responses: infer R } } ? Allowed<R> : never;
/** Not widened to number, so that an answer is told apart by its status. */
export const OK = 200 as const;
export const CREATED = 201 as const;
export const ACCEPTED = 202 as const;
export const NO_CONTENT = 204 as const;

export type Plain = { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };

/** One call, already let in. */
export type Asked = {
  readonly hub: Hub;
  /** What this call sees: the present, or the past for a stale read. */
  readonly state: State;
  readonly actor: Actor;
  readonly login: string;
  readonly param: (name: string) => string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly accept: string;
};
/** A call about a repository. */
export type AskedThere = Asked & { readonly repository: Repository; readonly bare: Bare; readonly by: By };

export type Route = {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly who: 'app' | 'installation' | 'anyone';
  /** Any one of these is enough. */
  readonly needs: readonly Permissions[];
  readonly answer: (asked: AskedThere) => Promise<Plain>;
};

/** Ends a call with GitHub's error shape. */
export class Refused extends Error {
  readonly status: number;
  readonly errors: readonly unknown[] | null;

  constructor(status: number, message: string, errors: readonly unknown[] | null = null) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

/** A route in an installation's repository; the path is GitHub's own template. */
export function there<P extends keyof paths, M extends Method>(method: M, path: P, needs: readonly Permissions[], answer: (asked: AskedThere) => Answers<P, M> | Promise<Answers<P, M>>): Route {
  return { ...compiled(method, path), who: 'installation', needs, answer: async (asked) => answer(asked) };
}

/** A route of the app itself, or of everybody. It gets no repository. */
export function alone<P extends keyof paths, M extends Method>(method: M, path: P, who: 'app' | 'installation' | 'anyone', answer: (asked: Asked) => Answers<P, M> | Promise<Answers<P, M>>): Route {
  return { ...compiled(method, path), who, needs: [], answer: async (asked) => answer(asked) };
}

/** A route whose answer is not JSON, or not in the description. */
export function loose(method: Method, path: string, who: Route['who'], needs: readonly Permissions[], answer: (asked: AskedThere) => Plain | Promise<Plain>): Route {
  return { ...compiled(method, path), who, needs, answer: async (asked) => answer(asked) };
}

/** Names that may hold slashes. */
const WIDE = new Set(['ref', 'path', 'branch', 'basehead', 'name']);

function compiled(method: string, path: string): Pick<Route, 'method' | 'pattern' | 'names'> {
  const names: string[] = [];
  const source = path.replace(/\{(\w+)\}|([.+*?^$()[\]\\])/g, (_, name: string | undefined, special: string | undefined) => {
    if (name === undefined) return `\\${special}`;
    names.push(name);
    return WIDE.has(name) ? '(.+?)' : '([^/]+)';
  });
  return { method: method.toUpperCase(), pattern: new RegExp(`^${source}$`), names };
}

const PER_PAGE_DEFAULT = 30;
const PER_PAGE_MAX = 100;

/** The page asked for. */
export function paged<T>(asked: Pick<Asked, 'query'>, all: readonly T[]): T[] {
  const { page, size } = pageOf(asked.query);
  return all.slice((page - 1) * size, page * size);
}

export function pageOf(query: URLSearchParams): { readonly page: number; readonly size: number } {
  const size = Math.min(PER_PAGE_MAX, Number(query.get('per_page') ?? PER_PAGE_DEFAULT) || PER_PAGE_DEFAULT);
  return { page: Math.max(1, Number(query.get('page') ?? 1) || 1), size };
}

export function text(body: Asked['body'], name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}

export function mustText(body: Asked['body'], name: string, resource: string): string {
  const value = text(body, name);
  if (value === undefined || value === '') throw new Refused(422, 'Validation Failed', [{ resource, code: 'missing_field', field: name }]);
  return value;
}

export function texts(body: Asked['body'], name: string): readonly string[] {
  const value = body[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

export function found<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Refused(404, 'Not Found');
  return value;
}
