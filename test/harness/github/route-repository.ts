// The repository itself: what it is, its refs, commits, contents, comparisons, and GitHub's own merge.
import { commitFacts, commitNamed, commitTree, commitView, isAncestor, mergeTrees } from './bare.ts';
import { refsMoved } from './ref.ts';
import { commitAsked } from './route-check.ts';
import { CREATED, NO_CONTENT, OK, Refused, found, loose, mustText, paged, text, there } from './route.ts';
import type { AskedThere, Plain, Route } from './route.ts';
import type { Schemas } from './state.ts';
import { protectionView, rulesFor } from './view-check.ts';
import { refusals } from './rule.ts';
import { repositoryPage, repositoryUrl, repositoryView } from './view.ts';

const RAW = 'application/vnd.github.v3.raw; charset=utf-8';
const COMMITS_COMPARED_MAX = 250;

export const REPOSITORY_ROUTES: readonly Route[] = [
  there('get', '/repos/{owner}/{repo}', [{ metadata: 'read' }], (asked) => ({ status: OK, body: repositoryView(asked.state, asked.repository) })),
  there('get', '/repos/{owner}/{repo}/branches', [{ contents: 'read' }], (asked) => {
    const all = Object.entries(asked.repository.refs).filter(([ref]) => ref.startsWith('refs/heads/')).map(([ref, sha]) => ({ name: ref.slice('refs/heads/'.length), sha }));
    const url = repositoryUrl(asked.state, asked.repository);
    return { status: OK, body: paged(asked, all.map(({ name, sha }) => ({ name, commit: { sha, url: `${url}/commits/${sha}` }, protected: rulesFor(asked.repository, name).length > 0 }))) };
  }),
  there('get', '/repos/{owner}/{repo}/branches/{branch}', [{ contents: 'read' }], async (asked) => {
    const name = asked.param('branch');
    const sha = found(asked.repository.refs[`refs/heads/${name}`]);
    const url = `${repositoryUrl(asked.state, asked.repository)}/branches/${name}`;
    const links = { self: url, html: `${repositoryPage(asked.state, asked.repository)}/tree/${name}` };
    const protection = protectionView(asked.state, asked.repository, name);
    return { status: OK, body: { name, commit: await commitOf(asked, sha), _links: links, protected: rulesFor(asked.repository, name).length > 0, protection, protection_url: `${url}/protection` } };
  }),
  there('get', '/repos/{owner}/{repo}/git/ref/{ref}', [{ contents: 'read' }], (asked) => {
    const ref = `refs/${asked.param('ref')}`;
    return { status: OK, body: refView(asked, ref, found(asked.repository.refs[ref])) };
  }),
  there('get', '/repos/{owner}/{repo}/git/matching-refs/{ref}', [{ contents: 'read' }], (asked) => {
    const all = Object.entries(asked.repository.refs).filter(([ref]) => ref.startsWith(`refs/${asked.param('ref')}`));
    return { status: OK, body: all.map(([ref, sha]) => refView(asked, ref, sha)) };
  }),
  there('post', '/repos/{owner}/{repo}/git/refs', [{ contents: 'write' }], async (asked) => {
    const ref = mustText(asked.body, 'ref', 'Reference');
    const sha = mustText(asked.body, 'sha', 'Reference');
    if (asked.repository.refs[ref] !== undefined) throw new Refused(422, 'Reference already exists');
    if ((await commitNamed(asked.bare, sha)) === null) throw new Refused(422, 'Object does not exist');
    await asked.bare.must(['update-ref', ref, sha]);
    await refsMoved(asked.hub, asked.bare, asked.by);
    return { status: CREATED, body: refView(asked, ref, sha) };
  }),
  there('patch', '/repos/{owner}/{repo}/git/refs/{ref}', [{ contents: 'write' }], async (asked) => {
    const ref = `refs/${asked.param('ref')}`;
    const sha = mustText(asked.body, 'sha', 'Reference');
    if (asked.repository.refs[ref] === undefined) throw new Refused(422, 'Reference does not exist');
    await moveRef(asked, ref, sha, asked.body['force'] === true);
    return { status: OK, body: refView(asked, ref, sha) };
  }),
  there('delete', '/repos/{owner}/{repo}/git/refs/{ref}', [{ contents: 'write' }], async (asked) => {
    const ref = `refs/${asked.param('ref')}`;
    if (asked.repository.refs[ref] === undefined) throw new Refused(422, 'Reference does not exist');
    await asked.bare.must(['update-ref', '-d', ref]);
    await refsMoved(asked.hub, asked.bare, asked.by);
    return { status: NO_CONTENT, body: null };
  }),
  there('get', '/repos/{owner}/{repo}/commits/{ref}', [{ contents: 'read' }], async (asked) => ({ status: OK, body: await commitOf(asked, await commitAsked(asked, asked.param('ref'))) })),
  loose('get', '/repos/{owner}/{repo}/contents/{path}', 'installation', [{ contents: 'read' }], (asked) => contents(asked)),
  there('get', '/repos/{owner}/{repo}/compare/{basehead}', [{ contents: 'read' }], async (asked) => ({ status: OK, body: await comparison(asked) })),
  there('post', '/repos/{owner}/{repo}/merges', [{ contents: 'write' }], async (asked) => {
    const base = mustText(asked.body, 'base', 'Merge');
    const ref = `refs/heads/${base}`;
    const ours = found(asked.repository.refs[ref]);
    const theirs = found(await commitNamed(asked.bare, mustText(asked.body, 'head', 'Merge')));
    if (await isAncestor(asked.bare, theirs, ours)) return { status: NO_CONTENT, body: null };
    const outcome = await mergeTrees(asked.bare, ours, theirs);
    if (outcome.kind === 'conflict') throw new Refused(409, 'Merge conflict');
    const commit = await commitTree(asked.bare, outcome.tree, [ours, theirs], `${text(asked.body, 'commit_message') ?? `Merge ${theirs} into ${base}`}\n`);
    await moveRef(asked, ref, commit, false);
    return { status: CREATED, body: await commitOf(asked, commit) };
  }),
];

/** Refused for what a push would be refused for. */
export async function moveRef(asked: AskedThere, ref: string, sha: string, force: boolean): Promise<void> {
  const old = asked.repository.refs[ref] ?? '0'.repeat(40);
  if ((await commitNamed(asked.bare, sha)) === null) throw new Refused(422, 'Object does not exist');
  const forward = /^0+$/.test(old) || await isAncestor(asked.bare, old, sha);
  if (!forward && !force) throw new Refused(422, 'Update is not a fast forward');
  const held = refusals(asked.repository, repositoryPage(asked.state, asked.repository), asked.actor, { ref, old, new: sha }).filter((one) => one.when === 'always' || (one.when === 'forced' && !forward));
  const first = held[0];
  if (first !== undefined) throw new Refused(422, first.said.filter((line) => line !== '').join('\n'));
  await asked.bare.must(['update-ref', ref, sha]);
  await refsMoved(asked.hub, asked.bare, asked.by);
}

function refView(asked: AskedThere, ref: string, sha: string): Schemas['git-ref'] {
  const url = repositoryUrl(asked.state, asked.repository);
  return { ref, node_id: `REF_${Buffer.from(ref).toString('base64url')}`, url: `${url}/git/${ref}`, object: { type: 'commit', sha, url: `${url}/git/commits/${sha}` } };
}

async function commitOf(asked: AskedThere, sha: string): Promise<Schemas['commit']> {
  const [facts] = await commitFacts(asked.bare, ['-1', sha]);
  return commitView(repositoryUrl(asked.state, asked.repository), repositoryPage(asked.state, asked.repository), found(facts));
}

async function contents(asked: AskedThere): Promise<Plain> {
  const path = asked.param('path');
  const sha = await commitAsked(asked, asked.query.get('ref') ?? asked.repository.defaultBranch);
  const blob = await asked.bare.run(['cat-file', 'blob', `${sha}:${path}`]);
  if (blob.code !== 0) throw new Refused(404, 'Not Found');
  // git's last newline was taken off on the way here.
  const body = `${blob.stdout}\n`;
  // Any +json in the content type of a raw answer breaks Probot's reading of the config.
  if (asked.accept.includes('raw')) return { status: OK, body, headers: { 'content-type': RAW } };
  const url = `${repositoryUrl(asked.state, asked.repository)}/contents/${path}`;
  const oid = await asked.bare.must(['rev-parse', `${sha}:${path}`]);
  const file: Schemas['content-file'] = {
    type: 'file', encoding: 'base64', size: Buffer.byteLength(body), name: path.split('/').at(-1) ?? path, path, content: Buffer.from(body).toString('base64'), sha: oid, url, git_url: null, html_url: null, download_url: null,
    _links: { git: null, html: null, self: url },
  };
  return { status: OK, body: file };
}

async function comparison(asked: AskedThere): Promise<Schemas['commit-comparison']> {
  const [baseName = '', headName = ''] = asked.param('basehead').split('...');
  const base = await commitAsked(asked, baseName.replace(/^[^:]*:/, ''));
  const head = await commitAsked(asked, headName.replace(/^[^:]*:/, ''));
  const mergeBase = await asked.bare.run(['merge-base', base, head]);
  if (mergeBase.code !== 0) throw new Refused(404, `No common ancestor between ${baseName} and ${headName}.`);
  const commits = (await commitFacts(asked.bare, [`-${COMMITS_COMPARED_MAX}`, `${base}..${head}`])).toReversed();
  const [ahead, behind] = await Promise.all([asked.bare.must(['rev-list', '--count', `${base}..${head}`]), asked.bare.must(['rev-list', '--count', `${head}..${base}`])]);
  const [url, page] = [repositoryUrl(asked.state, asked.repository), repositoryPage(asked.state, asked.repository)];
  const at = `${page}/compare/${baseName}...${headName}`;
  return {
    url: `${url}/compare/${baseName}...${headName}`, html_url: at, permalink_url: at, diff_url: `${at}.diff`, patch_url: `${at}.patch`, base_commit: await commitOf(asked, base), merge_base_commit: await commitOf(asked, mergeBase.stdout),
    status: statusOf(Number(ahead), Number(behind)), ahead_by: Number(ahead), behind_by: Number(behind), total_commits: Number(ahead), commits: commits.map((one) => commitView(url, page, one)),
    files: await filesBetween(asked, mergeBase.stdout, head),
  };
}

function statusOf(ahead: number, behind: number): Schemas['commit-comparison']['status'] {
  if (ahead > 0) return behind > 0 ? 'diverged' : 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}

async function filesBetween(asked: AskedThere, base: string, head: string): Promise<Schemas['diff-entry'][]> {
  const url = repositoryUrl(asked.state, asked.repository);
  const lines = (await asked.bare.must(['diff', '--numstat', '--no-renames', base, head])).split('\n').filter((line) => line !== '');
  const kinds = new Map((await asked.bare.must(['diff', '--name-status', '--no-renames', base, head])).split('\n').map((line) => line.split('\t').toReversed() as [string, string]));
  return lines.map((line) => {
    const [added = '0', gone = '0', filename = ''] = line.split('\t');
    const [additions, deletions] = [Number(added) || 0, Number(gone) || 0];
    const status = ({ A: 'added', D: 'removed' } as const)[kinds.get(filename) ?? ''] ?? 'modified';
    return { sha: null, filename, status, additions, deletions, changes: additions + deletions, blob_url: `${url}/blob/${filename}`, raw_url: `${url}/raw/${filename}`, contents_url: `${url}/contents/${filename}` };
  });
}
