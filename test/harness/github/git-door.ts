// Git's requests: who may read and push, GitHub's words when not, and what follows a push. The transport itself is git's.
import type { IncomingMessage } from 'node:http';
import { identify } from './auth.ts';
import { bareAt } from './bare.ts';
import type { Hub } from './hub.ts';
import { betray, refsMoved } from './ref.ts';
import type { Plain } from './route.ts';
import { refusals } from './rule.ts';
import type { Actor } from './rule.ts';
import { mayPush, reaches, repositoryNamed, repositoryOf, roleOf } from './state.ts';
import type { Repository, State } from './state.ts';
import { backend, commandsOf, receive } from './transport.ts';
import type { GitRequest } from './transport.ts';
import { covers, repositoryPage } from './view.ts';

export type GitPath = { readonly owner: string; readonly name: string; readonly path: string; readonly service: GitRequest['service'] | null };

export function gitPathOf(pathname: string): GitPath | null {
  const [, owner = '', name = '', path = ''] = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/.exec(pathname) ?? [];
  if (owner === '') return null;
  return { owner, name, path, service: path === '/git-upload-pack' ? 'git-upload-pack' : path === '/git-receive-pack' ? 'git-receive-pack' : null };
}

export async function serveGit(hub: Hub, asked: GitPath, request: IncomingMessage, query: string, body: Buffer, wrongTree: boolean): Promise<Plain> {
  const service = asked.service ?? (query.includes('git-receive-pack') ? 'git-receive-pack' : 'git-upload-pack');
  const state = hub.state();
  const identity = identify(state, request.headers.authorization, hub.nowMs());
  if (!identity.ok) return words(401, 'Invalid username or token. Password authentication is not supported for Git operations.\n');
  if (identity.actor.kind === 'nobody') return words(401, 'Repository not found.\n');
  const { actor } = identity;
  const repository = repositoryNamed(state, asked.owner, asked.name) ?? state.repositories.find((one) => one.id === state.formerNames[`${asked.owner}/${asked.name}`.toLowerCase()]) ?? null;
  if (repository === null || !maySee(state, repository, actor)) return words(404, 'Repository not found.\n');
  if (!may(repository, actor, service)) return words(403, `Permission to ${repository.owner}/${repository.name}.git denied to ${loginOf(actor)}.\n`);
  const call: GitRequest = { directory: repository.bare, service, path: asked.path, query, body, headers: request.headers, method: request.method ?? 'GET' };
  const answer = asked.service === 'git-receive-pack' ? await push(hub, repository.id, actor, call, wrongTree) : await backend(call);
  hub.calls.push({ method: asked.service === null ? 'REFS' : asked.service === 'git-receive-pack' ? 'PUSH' : 'FETCH', path: `/${repository.owner}/${repository.name}`, status: answer.status, by: loginOf(actor), installation: actor.kind === 'installation' ? actor.installation : null, atMs: hub.nowMs(), body: null });
  return { status: answer.status, body: answer.body, headers: answer.headers };
}

function push(hub: Hub, id: number, actor: Actor, call: GitRequest, wrongTree: boolean) {
  return hub.alone(id, async () => {
    hub.mark();
    const repository = repositoryOf(hub.state(), id);
    const page = repositoryPage(hub.state(), repository);
    const commands = commandsOf(call.body);
    const answer = await receive(call, commands.flatMap((one) => refusals(repository, page, actor, one)));
    const bare = bareAt(repository.bare);
    if (wrongTree) for (const command of commands) if (command.ref.startsWith('refs/heads/')) await betray(bare, command);
    await refsMoved(hub, bare, { repository: id, login: loginOf(actor), atMs: hub.nowMs() });
    return answer;
  });
}

function maySee(state: State, repository: Repository, actor: Actor): boolean {
  if (actor.kind === 'user') return roleOf(repository, actor.login) !== 'none';
  if (actor.kind !== 'installation') return false;
  const installation = state.installations.find((one) => one.id === actor.installation);
  return installation !== undefined && installation.suspendedAtMs === null && reaches(installation, repository) && (actor.repositories === 'all' || actor.repositories.includes(repository.id));
}

function may(repository: Repository, actor: Actor, service: GitRequest['service']): boolean {
  const level = service === 'git-receive-pack' ? 'write' : 'read';
  if (actor.kind === 'user') return level === 'read' || mayPush(roleOf(repository, actor.login));
  return actor.kind === 'installation' && covers(actor.permissions['contents'], level);
}

function loginOf(actor: Actor): string {
  return actor.kind === 'nobody' ? '' : actor.login;
}

function words(status: number, text: string): Plain {
  return { status, body: text, headers: { 'content-type': 'text/plain', ...(status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {}) } };
}
