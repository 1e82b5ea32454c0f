// How the commits of many branches hang together, as far back as it matters between any two of them: listed by git once, then no git at all.
import { PartialGraph } from '../../engine/history/partial-graph.ts';
import type { Oid } from '../../merge/branch.ts';
import { parseOid } from '../../merge/branch.ts';
import type { Reader } from './read.ts';
import type { GitRunner } from './run.ts';

export type History = {
  /** Enough for the merge bases of any two of them. null: there is more history than is good to hold. */
  of(tips: readonly Oid[]): Promise<PartialGraph<Oid> | null>;
};

/** Most branches left their target not long ago: so many commits first, then as many again as there are. */
const COMMITS_AT_FIRST = 4096;
const COMMITS_MAX = 1_048_576;
/** More is forgotten once it was used. */
const KEPT_MAX = 262_144;
/** Commits of branches that moved, until git is asked to list them. */
const READ_MAX = 256;
const TIMEOUT_MS = 60_000;

/** What was told once is kept, for commits never change: a branch that moved costs its new commits. */
export function openHistory(git: GitRunner, reader: Pick<Reader, 'commit'>): History {
  let kept = new PartialGraph<Oid>();
  return {
    of: async (tips) => {
      const graph = kept;
      const distinct = [...new Set(tips)];
      if (graph.count > 0) await readNew(graph, reader, distinct);
      while (!graph.isEnoughFor(distinct)) {
        const before = graph.count;
        const from = [...distinct.filter((tip) => !graph.has(tip)), ...graph.ends];
        if (before < COMMITS_MAX) await list(graph, git, from, Math.max(COMMITS_AT_FIRST, before));
        if (graph.count > before) continue;
        kept = new PartialGraph();
        return null;
      }
      if (graph.count > KEPT_MAX) kept = new PartialGraph();
      return graph;
    },
  };
}

/** Up from what is known, which is seldom far. */
async function readNew(graph: PartialGraph<Oid>, reader: Pick<Reader, 'commit'>, tips: readonly Oid[]): Promise<void> {
  let left = READ_MAX;
  for (let level = tips.filter((tip) => !graph.has(tip)); level.length > 0 && level.length <= left;) {
    left -= level.length;
    const commits = await Promise.all(level.map((oid) => reader.commit(oid)));
    for (const commit of commits) if (commit !== null) graph.tell(commit.oid, commit.parents);
    level = [...new Set(commits.flatMap((commit) => commit?.parents ?? []))].filter((oid) => !graph.has(oid));
  }
}

async function list(graph: PartialGraph<Oid>, git: GitRunner, from: readonly Oid[], max: number): Promise<void> {
  const listed = await git.must(['rev-list', '--parents', `--max-count=${max}`, '--stdin'], { input: from.map((oid) => `${oid}\n`).join(''), timeoutMs: TIMEOUT_MS });
  tellAll(graph, listed);
}

/** Lines of `git rev-list --parents`. */
export function tellAll(graph: PartialGraph<Oid>, listed: string): void {
  for (const line of listed.split('\n')) {
    const [oid, ...parents] = line.split(' ').flatMap((id) => parseOid(id) ?? []);
    if (oid !== undefined) graph.tell(oid, parents);
  }
}
