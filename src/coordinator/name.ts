// Which requests somebody means by a name. Knows only what lanes remember.
import { MaestroError } from '../error.ts';
import { shortName } from '../merge/branch.ts';
import type { Lane } from '../merge/lane.ts';
import { isOpen, type MergeRequest } from '../merge/request.ts';

const PREFIX_MIN = 4;

export type Found = { readonly request: MergeRequest; readonly lane: Lane };

/** By id, by branch (its latest request, open ones first), or by the beginning of an id, which several may have. */
export function findNamed(name: string, lanes: Iterable<Lane>): readonly Found[] {
  const all = [...lanes].flatMap((lane) => [...lane.requests.values()].map((request) => ({ request, lane })));
  const exact = all.filter((one) => one.request.id === name);
  if (exact.length > 0) return exact;
  const named = all.filter((one) => shortName(one.request.branch) === name);
  const best = named.findLast((one) => isOpen(one.request)) ?? named.at(-1);
  if (best !== undefined) return [best];
  return name.length < PREFIX_MIN ? [] : all.filter((one) => one.request.id.startsWith(name));
}

/** The one that is meant, null for none. Throws `usage` where several are. */
export function theOneNamed(name: string, lanes: Iterable<Lane>): Found | null {
  const found = findNamed(name, lanes);
  if (found.length > 1) throw new MaestroError('usage', `"${name}" fits ${found.length} requests: ${found.map((one) => one.request.id).join(', ')}`, { next: 'give more of the id' });
  return found[0] ?? null;
}
