// What a running coordinator's radar says of a branch that was just pushed. It is asked a few times and no longer than there is time for;
// without one, or without an answer, nothing is said.
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { printable, shortName, type Oid, type RefName } from '../merge/branch.ts';
import { radarOf, seenFrom, type RadarLane, type RadarReport } from '../merge/radar.ts';
import { readIfThere } from './repository.ts';
import { socketPath } from './socket.ts';

/** The coordinator looks at a push as soon as it hears of it: until then it is asked again. */
const AGAIN_MS = 50;
const ANSWER_CHARS_MAX = 8 * 1024 * 1024;
const SPOOLS_MAX = 10;
const RIVALS_SHOWN = 5;
const FILES_SHOWN = 5;

export type Moved = { readonly ref: RefName; readonly tip: Oid };

/** Where the coordinators that hear of this clone's pushes listen. */
export function coordinatorSockets(maestroDir: string): readonly string[] {
  const spools = (readIfThere(join(maestroDir, 'spool-dir')) ?? '').split('\n').filter((path) => path !== '');
  return [maestroDir, ...spools.slice(0, SPOOLS_MAX).map((path) => dirname(path))].map(socketPath);
}

/** All branches share the time. */
export async function radarLines(moved: readonly Moved[], sockets: readonly string[], forMs: number): Promise<readonly string[]> {
  const out = new AbortController();
  const timer = setTimeout(() => out.abort(), forMs);
  try {
    const lanes = await Promise.all(moved.map(async (one) => ({ one, lane: await Promise.any(sockets.map((path) => laneOf(one, path, out.signal))).catch(() => null) })));
    return lanes.flatMap(({ one, lane }) => lane === null ? [] : describe(shortName(one.ref), lane));
  } finally {
    clearTimeout(timer);
    out.abort();
  }
}

/** As of this very tip. Rejects where nobody listens, or the time is over. */
async function laneOf({ ref, tip }: Moved, path: string, signal: AbortSignal): Promise<RadarLane> {
  const branch = shortName(ref);
  for (;;) {
    const { lanes } = radarOf(await askRadar(path, branch, signal), branch);
    const lane = lanes.find(({ branches }) => branches.some((one) => one.branch === branch && one.tip === tip));
    if (lane !== undefined) return lane;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    signal.throwIfAborted();
  }
}

/** One request on a connection of its own. */
function askRadar(path: string, branch: string, signal: AbortSignal): Promise<RadarReport> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path, signal });
    let text = '';
    socket.setEncoding('utf8');
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('no answer')));
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (text.length > ANSWER_CHARS_MAX) socket.destroy();
      if (!text.endsWith('\n')) return;
      socket.destroy();
      const report = reportIn(text);
      if (report === null) reject(new Error('no report'));
      else resolve(report);
    });
    socket.write(`${JSON.stringify({ id: 1, verb: 'radar', args: [branch] })}\n`);
  });
}

function reportIn(line: string): RadarReport | null {
  try {
    const { value } = JSON.parse(line) as { readonly value?: RadarReport };
    return value ?? null;
  } catch {
    return null;
  }
}

function describe(branch: string, { target, branches, collisions }: RadarLane): readonly string[] {
  const own = branches.find((one) => one.branch === branch)?.conflicts ?? [];
  const rivals = collisions.map((collision) => seenFrom(collision, branch));
  const owner = (name: string): string => branches.find((one) => one.branch === name)?.owner.replace(/\s*<[^>]*>$/, '') ?? '';
  const said = [
    ...(own.length === 0 ? [] : [`  ${printable(target)} (the target): ${paths(own)}`]),
    ...rivals.slice(0, RIVALS_SHOWN).map(({ rival, files }) => `  ${printable(rival)} (${printable(owner(rival), 60)}): ${paths(files)}`),
    ...(rivals.length > RIVALS_SHOWN ? [`  and ${rivals.length - RIVALS_SHOWN} more: maestro radar ${printable(branch)}`] : []),
  ];
  return said.length === 0 ? [] : [`${printable(branch)} collides, as of now, with`, ...said];
}

function paths(files: readonly { readonly path: string }[]): string {
  const shown = files.slice(0, FILES_SHOWN).map(({ path }) => printable(path, 120)).join(', ');
  return files.length > FILES_SHOWN ? `${shown} and ${files.length - FILES_SHOWN} more` : shown;
}
