// A thousand branches with twenty thousand commits and a long history, in a process of its own: how much memory that takes.
import { spawnSync } from 'node:child_process';
import { SharedRepository } from '../src/engine.ts';
import { figure, type Figure } from './figure.ts';

const WHO = { name: 'Agent', email: 'agent@example.org' };
const SHAPE = { files: 10_368, branches: 1000, commits: 20_000, history: 160_000 };

/** Names of new branches at this one. */
export function crowd(repo: SharedRepository, at: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `agent/${index}`;
    repo.branch(name, at);
    return name;
  });
}

export async function ecosystem(quick: boolean): Promise<readonly Figure[]> {
  const shape = quick ? { ...SHAPE, branches: 200, commits: 4000, history: 20_000 } : SHAPE;
  const code = `import('${import.meta.url}').then((bench) => bench.live(${JSON.stringify(shape)}))`;
  const done = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  const note = `${shape.files} files, ${shape.branches} branches, ${shape.commits} commits with ids, ${shape.history} commits told`;
  return [figure({ bench: 'engine', figure: 'whole ecosystem, peak RSS', value: Number(done.stdout), unit: 'MB', baseline: null, baselineValue: null, runs: 1, note })];
}

export function live({ files, branches, commits, history }: typeof SHAPE): void {
  const repo = new SharedRepository({ now: () => 1_770_000_000, bytesMax: 1 << 30 });
  const paths = Array.from({ length: files }, (_, at) => `dir${at % 6}/sub${Math.floor(at / 6) % 6}/mod${Math.floor(at / 36) % 6}/pkg${Math.floor(at / 216) % 6}/file${Math.floor(at / 1296)}.ts`);
  repo.commit({ branch: 'main', author: WHO, message: 'base\n', changes: paths.map((path) => ({ path, content: `${path}\n` })), expected: null });
  repo.tell(longHistory(history));
  const names = crowd(repo, 'main', branches);
  for (let at = 0; at < commits; at += 1) {
    repo.commit({ branch: names[at % branches] ?? '', author: WHO, message: `work ${at}\n`, changes: [{ path: paths[(at * 7919) % files] ?? '', content: `${'edit '.repeat(40)}${at}\n` }] });
  }
  process.stdout.write(`${process.resourceUsage().maxRSS / 1024}`);
}

/** Told as a real repository's, a merge every third commit. */
function* longHistory(count: number): Generator<{ readonly id: string; readonly parents: readonly string[]; readonly tree: string }> {
  const id = (at: number): string => at.toString(16).padStart(40, 'c');
  for (let at = 0; at < count; at += 1) {
    yield { id: id(at), parents: at === 0 ? [] : at % 3 === 0 ? [id(at - 1), id(at - 3)] : [id(at - 1)], tree: at.toString(16).padStart(40, 'd') };
  }
}
