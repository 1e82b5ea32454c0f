// The thin HTTP layer: who calls, what was planned to go wrong, which route, which permission; then one answer. Decides nothing itself.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { holds, identify } from './auth.ts';
import { bareAt } from './bare.ts';
import type { Fault } from './fault.ts';
import { gitPathOf, serveGit } from './git-door.ts';
import { answerGraph } from './graphql.ts';
import { BUDGET } from './hub.ts';
import type { Hub } from './hub.ts';
import { APP_ROUTES, hourEnd } from './route-app.ts';
import { CHECK_ROUTES } from './route-check.ts';
import { ISSUE_ROUTES } from './route-issue.ts';
import { PULL_ROUTES } from './route-pull.ts';
import { REPOSITORY_ROUTES } from './route-repository.ts';
import { Refused, pageOf } from './route.ts';
import type { Asked, AskedThere, Plain, Route } from './route.ts';
import type { Actor } from './rule.ts';
import { mayPush, reaches, repositoryNamed, roleOf } from './state.ts';
import type { Repository, State } from './state.ts';

const BODY_BYTES_MAX = 64 * 1024 * 1024;
const ROUTES: readonly Route[] = [...APP_ROUTES, ...CHECK_ROUTES, ...ISSUE_ROUTES, ...PULL_ROUTES, ...REPOSITORY_ROUTES];
const JSON_TYPE = 'application/json; charset=utf-8';

/** Listens on loopback, at a port of the system's choice. `hub` is asked for late: the address is part of its state. */
export async function listen(hub: () => Hub): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    serve(hub(), request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(JSON.stringify({ message: error instanceof Error ? error.stack : String(error) }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, url: `http://127.0.0.1:${address.port}` };
}

async function serve(hub: Hub, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = await bodyOf(request);
  const git = gitPathOf(url.pathname);
  if (git !== null) {
    const fault = hub.fault.take(`${git.service === 'git-receive-pack' && request.method === 'POST' ? 'PUSH' : git.service === 'git-upload-pack' && request.method === 'POST' ? 'FETCH' : 'REFS'} /${git.owner}/${git.name}`);
    await withFault(hub, fault, response, () => serveGit(hub, git, request, url.search.slice(1), body, fault?.kind === 'wrong-tree'));
    return;
  }
  // On GitHub Enterprise everything lives one floor deeper.
  const path = url.pathname.replace(/^\/api\/v3(?=\/)/, '').replace(/^\/api\/graphql$/, '/graphql');
  const method = request.method ?? 'GET';
  const identity = identify(hub.state(), request.headers.authorization, hub.nowMs());
  const actor: Actor = identity.ok ? identity.actor : { kind: 'nobody' };
  const fault = hub.fault.take(`${method} ${path}`);
  const given = parsed(body);
  await withFault(hub, fault, response, async () => {
    if (method !== 'GET') hub.mark();
    const state = fault?.kind === 'stale' ? hub.past() : hub.state();
    const answer = identity.ok ? await answered(hub, state, actor, method, path, url, given, request) : { status: 401, body: { message: identity.message, documentation_url: 'https://docs.github.com/rest' } };
    hub.calls.push({ method, path, status: answer.status, by: actor.kind === 'nobody' ? null : actor.login, installation: installationId(actor), atMs: hub.nowMs(), body: given });
    // Its own clock, which may not be ours.
    return { ...answer, headers: { ...limits(hub, actor), date: new Date(hub.nowMs()).toUTCString(), ...answer.headers } };
  }, () => hub.calls.push({ method, path, status: 0, by: actor.kind === 'nobody' ? null : actor.login, installation: installationId(actor), atMs: hub.nowMs(), body: given }), actor);
}

/** Everything that can be done to an answer. `unmade` is told of calls that never reached their route. */
async function withFault(hub: Hub, fault: Fault | null, response: ServerResponse, work: () => Promise<Plain>, unmade: () => void = () => undefined, actor: Actor = { kind: 'nobody' }): Promise<void> {
  if (fault?.kind === 'held') await fault.until;
  if (fault?.kind === 'reset' || fault?.kind === 'status' || fault?.kind === 'limit') unmade();
  if (fault?.kind === 'reset') return void response.socket?.destroy();
  if (fault?.kind === 'status') return write(response, { status: fault.status, body: { message: fault.message } });
  if (fault?.kind === 'limit') return write(response, limited(hub, fault, actor));
  const answer = await work();
  if (fault?.kind === 'lost-answer') return void response.socket?.destroy();
  if (fault?.kind === 'html') return write(response, { status: 200, body: '<html><body>Unicorn!</body></html>', headers: { 'content-type': 'text/html' } });
  if (fault?.kind === 'truncated') return write(response, { ...answer, body: JSON.stringify(answer.body).slice(0, -20), headers: { ...answer.headers, 'content-type': JSON_TYPE } });
  write(response, answer);
}

async function answered(hub: Hub, state: State, actor: Actor, method: string, path: string, url: URL, body: Readonly<Record<string, unknown>>, request: IncomingMessage): Promise<Plain> {
  if (path === '/graphql') return { status: 200, body: await answerGraph(hub, actor, { query: String(body['query']), variables: (body['variables'] ?? {}) as Record<string, unknown> }) };
  try {
    const canonical = byId(state, path);
    const moved = movedTo(state, canonical);
    if (moved !== null) return { status: 301, body: { message: 'Moved Permanently', url: moved }, headers: { location: moved } };
    for (const route of ROUTES) {
      const match = route.method === method ? route.pattern.exec(canonical) : null;
      if (match === null) continue;
      const values = new Map(route.names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? '')]));
      const asked: Asked = { hub, state, actor, login: actor.kind === 'nobody' ? '' : actor.login, param: (name) => values.get(name) ?? '', query: url.searchParams, body, accept: request.headers.accept ?? '' };
      return linked(await enter(route, asked), url, hub.state().url, path);
    }
    throw new Refused(404, 'Not Found');
  } catch (error) {
    if (error instanceof Refused) return { status: error.status, body: { message: error.message, ...(error.errors === null ? {} : { errors: error.errors }), documentation_url: 'https://docs.github.com/rest', status: String(error.status) } };
    throw error;
  }
}

async function enter(route: Route, asked: Asked): Promise<Plain> {
  const { actor, state, hub } = asked;
  if (route.who === 'app' && actor.kind !== 'app') throw new Refused(401, 'A JSON web token could not be decoded');
  if (route.who === 'installation' && (actor.kind === 'app' || actor.kind === 'nobody')) throw new Refused(actor.kind === 'app' ? 401 : 404, actor.kind === 'app' ? 'Bad credentials' : 'Not Found');
  const repository = route.who === 'installation' && asked.param('repo') !== '' ? seen(state, actor, asked.param('owner'), asked.param('repo')) : null;
  if (repository === null) return route.answer({ ...asked, repository: NOWHERE, bare: bareAt('/nowhere'), by: { repository: 0, login: asked.login, atMs: hub.nowMs() } });
  if (actor.kind === 'installation' && !holds(actor.permissions, route.needs)) throw new Refused(403, 'Resource not accessible by integration');
  if (actor.kind === 'user' && route.method !== 'GET' && writesCode(route) && !mayPush(roleOf(repository, actor.login))) throw new Refused(403, 'Must have push access to repository.');
  const there: AskedThere = { ...asked, repository, bare: bareAt(repository.bare), by: { repository: repository.id, login: asked.login, atMs: hub.nowMs() } };
  return route.method === 'GET' ? route.answer(there) : hub.alone(repository.id, () => route.answer({ ...there, repository: now(hub, repository) }));
}

/** A repository that this caller cannot see does not exist. */
function seen(state: State, actor: Actor, owner: string, name: string): Repository {
  const repository = repositoryNamed(state, owner, name);
  if (repository === null) throw new Refused(404, 'Not Found');
  if (actor.kind === 'user' && roleOf(repository, actor.login) === 'none') throw new Refused(404, 'Not Found');
  if (actor.kind !== 'installation') return repository;
  const installation = state.installations.find((one) => one.id === actor.installation);
  if (installation === undefined || !reaches(installation, repository)) throw new Refused(404, 'Not Found');
  if (installation.suspendedAtMs !== null) throw new Refused(403, 'This installation has been suspended');
  if (actor.repositories !== 'all' && !actor.repositories.includes(repository.id)) throw new Refused(404, 'Not Found');
  return repository;
}

/** What happened while this call waited its turn counts. */
function now(hub: Hub, repository: Repository): Repository {
  return hub.state().repositories.find((one) => one.id === repository.id) ?? repository;
}

/** Anyone who can read may talk; the rest needs push. */
function writesCode(route: Route): boolean {
  return !route.pattern.source.includes('comments') && !route.pattern.source.includes('issues');
}

function byId(state: State, path: string): string {
  const [, id = '', rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = state.repositories.find((one) => String(one.id) === id);
  return repository === undefined ? path : `/repos/${repository.owner}/${repository.name}${rest}`;
}

function movedTo(state: State, path: string): string | null {
  const [, name = '', rest = ''] = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? [];
  const id = state.formerNames[name.toLowerCase()];
  return id === undefined ? null : `${state.url}/repositories/${id}${rest}`;
}

/** `link` headers, so that paginate works: the next page is named while this one is full. */
function linked(answer: Plain, url: URL, base: string, path: string): Plain {
  const list = Array.isArray(answer.body) ? answer.body : Object.values((answer.body ?? {}) as Record<string, unknown>).find(Array.isArray);
  const { page, size } = pageOf(url.searchParams);
  if (url.searchParams.get('per_page') === null || list === undefined || list.length < size) return answer;
  const next = new URLSearchParams(url.searchParams);
  if (path === '/app/hook/deliveries') next.set('cursor', String((list.at(-1) as { id: number }).id));
  else next.set('page', String(page + 1));
  return { ...answer, headers: { ...answer.headers, link: `<${base}${url.pathname}?${next.toString()}>; rel="next"` } };
}

function limits(hub: Hub, actor: Actor): Record<string, string> {
  const installation = installationId(actor);
  const left = installation === null ? BUDGET : Math.max(0, (hub.budget.get(installation) ?? BUDGET) - 1);
  if (installation !== null) hub.budget.set(installation, left);
  return { 'x-ratelimit-limit': String(BUDGET), 'x-ratelimit-remaining': String(left), 'x-ratelimit-used': String(BUDGET - left), 'x-ratelimit-reset': String(hourEnd(hub.nowMs())), 'x-ratelimit-resource': 'core' };
}

function limited(hub: Hub, fault: Extract<Fault, { kind: 'limit' }>, actor: Actor): Plain {
  const retry: Record<string, string> = fault.retryAfterS === null ? {} : { 'retry-after': String(fault.retryAfterS) };
  const login = actor.kind === 'nobody' ? 'nobody' : actor.login;
  if (fault.which === 'primary') {
    const headers = { ...limits(hub, actor), 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(hub.nowMs() / 1000) + 1), ...retry };
    return { status: fault.status, body: { message: `API rate limit exceeded for installation of ${login}.`, documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api' }, headers };
  }
  return { status: fault.status, body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits' }, headers: { ...limits(hub, actor), ...retry } };
}

function installationId(actor: Actor): number | null {
  return actor.kind === 'installation' ? actor.installation : null;
}

function write(response: ServerResponse, answer: Plain): void {
  const raw = typeof answer.body === 'string' || Buffer.isBuffer(answer.body) ? answer.body : answer.body === null ? '' : JSON.stringify(answer.body);
  response.writeHead(answer.status, { 'content-type': JSON_TYPE, 'x-github-request-id': 'FAKE:1', ...answer.headers });
  response.end(raw);
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const NOWHERE: Repository = {
  id: 0, owner: '', name: '', defaultBranch: '', bare: '', refs: {}, roles: {}, teams: [], rules: [], issues: [], comments: [], reactions: [], reviews: [], checks: [], suites: [], statuses: [], queue: [], removals: [], lastNumber: 0,
};
