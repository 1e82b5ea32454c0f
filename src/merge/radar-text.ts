// What the pull request of a branch is told by the radar: whom it collides with and where, or that it does no more.
import { shortName, type RefName } from './branch.ts';
import { code } from './markdown.ts';
import { seenFrom, type RadarFile, type RadarLane } from './radar.ts';
import { count } from './wording.ts';

const RIVALS_SHOWN = 10;
const FILES_SHOWN = 5;

export type Warning = { readonly rivals: readonly { readonly rival: string; readonly owner: string; readonly files: readonly RadarFile[] }[] };

export function warningFor(lane: RadarLane, branch: string): Warning {
  const owners = new Map(lane.branches.map((one) => [one.branch, one.owner.replace(/\s*<[^>]*>$/, '')]));
  const mine = lane.collisions.filter(({ one, other }) => one === branch || other === branch).map((one) => seenFrom(one, branch));
  return { rivals: mine.map(({ rival, files }) => ({ rival, owner: owners.get(rival) ?? '', files })) };
}

export function radarText(target: RefName, { rivals }: Warning): string {
  const name = code(shortName(target));
  if (rivals.length === 0) return `**Radar:** this branch collides with no other live branch of ${name} any more.`;
  const hidden = rivals.length - RIVALS_SHOWN;
  return [
    `**Radar:** this branch merges with ${name}, but not together with ${count(rivals.length, 'other live branch', 'other live branches')}. Whichever lands second will have to be merged by hand, unless the two of you settle it now.`,
    '',
    ...rivals.slice(0, RIVALS_SHOWN).map(({ rival, owner, files }) => `- ${code(rival)}${owner === '' ? '' : ` by ${code(owner)}`}: ${files.slice(0, FILES_SHOWN).map(fileWords).join(', ')}${files.length > FILES_SHOWN ? ` and ${files.length - FILES_SHOWN} more` : ''}`),
    ...(hidden > 0 ? [`- and ${hidden} more`] : []),
    '',
    'Nothing is held up by this. The comment is edited when that changes.',
  ].join('\n');
}

function fileWords({ path, hunks }: RadarFile): string {
  const [first] = hunks;
  return first === undefined || first.one.end < first.one.start ? code(path) : `${code(path)} (line ${first.one.start})`;
}
