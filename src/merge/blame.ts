// Who a red gate may be shared with: earlier merges in the same lane that something points at. A suspicion, said as one.
import { shortName } from './branch.ts';
import type { Lane } from './lane.ts';
import type { Suspect } from './reason.ts';
import type { MergeRequest } from './request.ts';

const SUSPECTS_MAX = 3;
const LOOK_BACK_MAX = 50;
// Shorter names are words of any output; a command that names one of each side means both.
const OUTPUT_WORD_MIN = 3;
const COMMAND_WORD_MIN = 2;

/** What the gate was told to run, and the end of what it wrote. */
export type GateWords = { readonly command: string; readonly output: string };

/** Most likely first. Evidence, strongest first: the output names the other's branch; its file; the command names a file of each; both changed one file. */
export function suspectsOf(guilty: MergeRequest, lane: Pick<Lane, 'requests' | 'chain'>, gate: GateWords): readonly Suspect[] {
  const mine = pathsOf(guilty);
  const scored = earlierMerges(guilty, lane).map((other) => ({ other, ...evidence(mine, other, gate) }));
  return scored
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score || b.other.arrival - a.other.arrival)
    .slice(0, SUSPECTS_MAX)
    .map(({ other, why }) => ({ request: other.id, branch: shortName(other.branch), why }));
}

/** What came under this branch since it was pushed, latest first: no accusation, only where to look. */
export function amidOf(guilty: MergeRequest, lane: Pick<Lane, 'requests' | 'chain'>): readonly string[] {
  // A lane holds its requests in the order they were opened and closed, whatever the clock said.
  const order = [...lane.requests.keys()];
  const after = new Set(order.slice(order.indexOf(guilty.id) + 1));
  const since = earlierMerges(guilty, lane).filter(({ id, phase }) => phase.state !== 'landed' || after.has(id));
  return since.toReversed().map((one) => shortName(one.branch));
}

function earlierMerges(guilty: MergeRequest, lane: Pick<Lane, 'requests' | 'chain'>): readonly MergeRequest[] {
  const stacked = new Set(lane.chain.slice(0, lane.chain.indexOf(guilty.id)));
  const all = [...lane.requests.values()].filter((one) => one.id !== guilty.id && (stacked.has(one.id) || one.phase.state === 'landed'));
  return all.slice(-LOOK_BACK_MAX);
}

function evidence(mine: ReadonlySet<string>, other: MergeRequest, { command, output }: GateWords): { readonly score: number; readonly why: string } {
  const theirs = [...pathsOf(other)];
  const branch = shortName(other.branch);
  if (mentions(output, branch, OUTPUT_WORD_MIN)) return { score: 5, why: `the gate's output names ${branch}` };
  const [named] = namesIn(output, theirs, OUTPUT_WORD_MIN);
  if (named !== undefined) return { score: 4, why: `the gate's output names ${named}` };
  const commanded = namesIn(command, [...mine], COMMAND_WORD_MIN);
  const partner = namesIn(command, theirs.filter((path) => !mine.has(path)), COMMAND_WORD_MIN).find((name) => commanded.some((one) => one !== name));
  const own = commanded.find((name) => name !== partner);
  if (partner !== undefined && own !== undefined) return { score: 3, why: `the gate's command names ${partner} and ${own}` };
  const shared = theirs.find((path) => mine.has(path));
  return shared === undefined ? { score: 0, why: '' } : { score: 2, why: `both changed ${shared}` };
}

/** The paths that `text` names, each as it is named there: whole ones first, then by their last part. */
function namesIn(text: string, paths: readonly string[], charsMin: number): readonly string[] {
  return [...new Set([...paths, ...paths.map(baseName)])].filter((name) => mentions(text, name, charsMin));
}

function pathsOf(request: MergeRequest): ReadonlySet<string> {
  const { phase } = request;
  return new Set('candidate' in phase ? phase.candidate.paths : []);
}

/** As a whole word: `a.ts` is not named by `data.ts`. */
function mentions(text: string, word: string, charsMin: number): boolean {
  if (word.length < charsMin) return false;
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
