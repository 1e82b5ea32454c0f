// Which branch of a remote is its default one: what its HEAD names, else what is usually meant. Knows names only; whoever asks has read them.

const USUAL = ['refs/heads/main', 'refs/heads/master'];

export type DefaultBranch<Name extends string> = { readonly ok: true; readonly name: Name } | { readonly ok: false; readonly why: string; readonly next: string };

/** `named` by HEAD, in full; where a server was made before its first push that branch need not be there. `heads`: every branch there is, in full. */
export function defaultAmong<Name extends string>(heads: readonly Name[], named: string | null): DefaultBranch<Name> {
  const [first, ...more] = heads;
  if (first === undefined) return { ok: false, why: 'has no branch with a commit yet', next: 'push a first commit to main' };
  const name = [named, ...USUAL].map((one) => heads.find((head) => head === one)).find((head) => head !== undefined) ?? (more.length === 0 ? first : undefined);
  if (name !== undefined) return { ok: true, name };
  return { ok: false, why: 'has no default branch: its HEAD names none that is there, and there is neither main nor master', next: 'make one of its branches the default, as with git symbolic-ref HEAD refs/heads/<branch> there' };
}
