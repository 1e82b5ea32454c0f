// Who a red gate may be shared with: earlier landings in the same lane that point at each other. A suspicion, said as one.
import { shortName } from './branch.ts';
import type { Lane } from './lane.ts';
import type { Suspect } from './reason.ts';
import type { MergeRequest } from './request.ts';

const SUSPECTS_MAX = 3;
const LOOK_BACK_MAX = 50;

/** Most likely first. Evidence, strongest first: the gate names the other's branch or file; both changed one file; one folder. `log`: the gate's command and the end of its output. */
export function suspectsOf(guilty: MergeRequest, lane: Pick<Lane, 'requests' | 'chain'>, log: string): readonly Suspect[] {
  const mine = pathsOf(guilty);
  const scored = earlierMerges(guilty, lane).map((other) => ({ other, ...evidence(mine, other, log) }));
  return scored
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score || b.other.arrival - a.other.arrival)
    .slice(0, SUSPECTS_MAX)
    .map(({ other, why }) => ({ request: other.id, branch: shortName(other.branch), why }));
}

function earlierMerges(guilty: MergeRequest, lane: Pick<Lane, 'requests' | 'chain'>): readonly MergeRequest[] {
  const stacked = new Set(lane.chain.slice(0, lane.chain.indexOf(guilty.id)));
  const all = [...lane.requests.values()].filter((one) => one.id !== guilty.id && (stacked.has(one.id) || one.phase.state === 'landed'));
  return all.slice(-LOOK_BACK_MAX);
}

function evidence(mine: ReadonlySet<string>, other: MergeRequest, log: string): { readonly score: number; readonly why: string } {
  const theirs = [...pathsOf(other)];
  const branch = shortName(other.branch);
  if (mentions(log, branch)) return { score: 5, why: `the gate names ${branch}` };
  const named = theirs.find((path) => mentions(log, path)) ?? theirs.find((path) => mentions(log, baseName(path)));
  if (named !== undefined) return { score: 4, why: `the gate names ${named}` };
  const shared = theirs.find((path) => mine.has(path));
  if (shared !== undefined) return { score: 3, why: `both changed ${shared}` };
  const folders = new Set([...mine].map(folderOf).filter((folder) => folder !== ''));
  const folder = theirs.map(folderOf).find((one) => folders.has(one));
  return folder === undefined ? { score: 0, why: '' } : { score: 1, why: `both changed ${folder}/` };
}

function pathsOf(request: MergeRequest): ReadonlySet<string> {
  const { phase } = request;
  return new Set('candidate' in phase ? phase.candidate.paths : []);
}

/** As a whole word: `a.ts` is not named by `data.ts`. */
function mentions(text: string, word: string): boolean {
  if (word.length < 3) return false;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isWordChar(text[at - 1]) && !isWordChar(text[at + word.length])) return true;
  }
  return false;
}

function isWordChar(char: string | undefined): boolean {
  return char !== undefined && /[A-Za-z0-9_-]/.test(char);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
