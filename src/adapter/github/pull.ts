// Pull requests as GitHub says them, read into ours. One from a fork is none of ours: its branch is not in this repository.
import { parseBranch, parseOid, shortName, type RefName } from '../../merge/branch.ts';
import type { Pull } from '../../port/forge.ts';
import type { Api, Name } from './caller.ts';

type Said = {
  readonly number: number;
  readonly state: string;
  readonly user: { readonly login: string } | null;
  readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly ref: string; readonly repo: { readonly id: number } };
};

export function pullFrom(said: Said): Pull | null {
  const branch = parseBranch(said.head.ref);
  const target = parseBranch(said.base.ref);
  const head = parseOid(said.head.sha);
  if (!branch.ok || !target.ok || head === null || said.head.repo?.id !== said.base.repo.id) return null;
  return { number: said.number, branch: branch.ref, head, target: target.ref, author: said.user?.login ?? '', open: said.state === 'open' };
}

export async function findPull(api: Api, name: Name, branch: RefName, target: RefName): Promise<Pull | null> {
  const { data } = await api.rest.pulls.list({ ...name, state: 'open', head: `${name.owner}:${shortName(branch)}`, base: shortName(target) });
  // GitHub leaves a filter out that it does not understand.
  return data.map((said) => pullFrom(said)).find((pull) => pull?.branch === branch && pull.target === target) ?? null;
}
