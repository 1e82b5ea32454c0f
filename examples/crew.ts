// Four agents on one task, twice: in clones of their own with Git's processes, then in one repository in memory. `node examples/crew.ts`
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadRepository, type SharedRepository } from '../src/engine.ts';

const CREW = ['santiago-core', 'santiago-pm', 'santiago-dev-1', 'santiago-dev-2'];
const COMMITS = 5;
const START = { 'README.md': 'The boat.\n' };

const separate = inClones();
const shared = await inMemory();
process.stdout.write([
  `phase 1, separate clones: ${separate.ms.toFixed(0)} ms`,
  `phase 2, shared memory:   ${shared.ms.toFixed(2)} ms (${Math.round(separate.ms / shared.ms)} times faster, ${shared.messages} messages on the way)`,
  `all of it into a repository on the disk: ${shared.flushMs.toFixed(0)} ms, ${shared.objects} objects, git fsck: ${shared.fsck === '' ? 'clean' : shared.fsck}`,
  separate.tree === shared.tree ? `both end with the tree ${shared.tree}\n` : `NOT the same tree: ${separate.tree}, ${shared.tree}\n`,
].join('\n'));
process.exitCode = separate.tree === shared.tree && shared.fsck === '' ? 0 : 1;

function inClones(): { readonly ms: number; readonly tree: string } {
  const folder = mkdtempSync(join(tmpdir(), 'crew-'));
  const git = (where: string, ...args: readonly string[]): string => execFileSync('git', ['-c', 'user.name=crew', '-c', 'user.email=crew@example.org', ...args], { cwd: join(folder, where), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    git('.', 'init', '-q', '--bare', '-b', 'main', 'origin.git');
    for (const agent of ['first', ...CREW]) {
      git('.', 'clone', '-q', 'origin.git', agent);
      if (agent === 'first') work(join(folder, agent), START, () => git('first', 'add', '.'), () => git('first', 'commit', '-qm', 'first'), () => git('first', 'push', '-q', 'origin', 'HEAD:main'));
    }
    const start = performance.now();
    for (const agent of CREW) {
      for (let at = 0; at < COMMITS; at += 1) work(join(folder, agent), fileOf(agent, at), () => git(agent, 'add', '.'), () => git(agent, 'commit', '-qm', 'work'));
      git(agent, 'pull', '-q', '--no-rebase', '--no-edit', 'origin', 'main');
      git(agent, 'push', '-q', 'origin', 'HEAD:main');
    }
    return { ms: performance.now() - start, tree: git('origin.git', 'rev-parse', 'main^{tree}') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Shared = { readonly ms: number; readonly tree: string; readonly messages: number; readonly flushMs: number; readonly objects: string; readonly fsck: string };

async function inMemory(): Promise<Shared> {
  const folder = mkdtempSync(join(tmpdir(), 'crew-'));
  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  try {
    git('init', '-q', '--bare', '-b', 'main');
    const live = await loadRepository(folder);
    const worked = crewOn(live.repository);
    const start = performance.now();
    const { kind } = await live.flush();
    const flushMs = performance.now() - start;
    await live.close();
    return { ...worked, flushMs, objects: git('rev-list', '--all', '--objects', '--count'), fsck: kind === 'flushed' ? git('fsck', '--strict', '--full', '--no-dangling') : kind };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function crewOn(repository: SharedRepository): { readonly ms: number; readonly tree: string; readonly messages: number } {
  const captain = { name: 'captain', email: 'captain@example.org' };
  repository.commit({ branch: 'main', author: captain, message: 'first\n', changes: Object.entries(START).map(([path, content]) => ({ path, content })), expected: null });
  repository.subscribe((event) => {
    if (event.kind === 'collision') process.stdout.write(`${event.branches.join(' and ')} collide in ${event.paths.join(', ')}\n`);
  });
  const crew = CREW.map((name) => repository.workspace({ name, email: `${name}@example.org` }, { from: 'main' }));
  const start = performance.now();
  for (const agent of crew) {
    for (let at = 0; at < COMMITS; at += 1) {
      for (const [path, content] of Object.entries(fileOf(agent.agent.name, at))) agent.put(path, content);
      agent.commit('work\n');
    }
    agent.send('broadcast', 'task_complete', `${agent.branch} is done`);
    const merged = repository.merge({ into: 'main', from: agent.branch, author: agent.agent, message: `${agent.branch} lands\n` });
    if (!('commit' in merged)) throw new Error(merged.kind);
  }
  const ms = performance.now() - start;
  return { ms, tree: repository.tip('main')?.tree.id ?? '', messages: crew.flatMap((agent) => agent.messages()).length };
}

/** Each agent works in its own folder. */
function fileOf(agent: string, at: number): Readonly<Record<string, string>> {
  return { [`${agent}/step-${at}.md`]: `${agent} did step ${at}\n` };
}

function work(folder: string, files: Readonly<Record<string, string>>, ...then: readonly (() => unknown)[]): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  for (const step of then) step();
}
