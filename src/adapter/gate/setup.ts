// What a gate needs from outside, fetched before it: a command with the network runs once for each set of manifests, what it left
// beside the tree is kept, and lent to every gate on a tree with the same manifests. Knows no package manager but by its files' names.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../../merge/branch.ts';
import type { Gate } from '../../port/gate.ts';
import type { MirrorGit } from './checkout.ts';

/** `directory`: on the file system of the gate's slots, for what is kept is linked into them. */
export type SetupOptions = { readonly command: string; readonly directory: string; readonly git: MirrorGit };

const MANIFEST = /(?:^|\/)(?:package\.json|npm-shrinkwrap\.json|package-lock\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|requirements[^/]*\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|Pipfile(?:\.lock)?|(?:poetry|uv)\.lock|go\.(?:mod|sum)|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|composer\.(?:json|lock)|pom\.xml|build\.gradle(?:\.kts)?)$/;

/** How this machine reaches the outside. */
const REACH: readonly string[] = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'PIP_CERT', 'REQUESTS_CA_BUNDLE'];

/** A setup that fails is a red gate: whose fault that is, whoever reads the verdict finds out as with any other. */
export function withSetup(gate: Gate, { command, directory, git }: SetupOptions): Gate {
  mkdirSync(directory, { recursive: true });
  return {
    run: async (commit, tree, rule, abort, target) => {
      const kept = join(directory, await manifestsIn(git, tree));
      if (!existsSync(kept)) {
        const verdict = await gate.run(commit, tree, { ...rule, network: true, env: [...rule.env, ...REACH], run: `(${command}\n) && ${keepIn(`${kept}.new`)}` }, abort, target);
        if (verdict.kind !== 'passed') return { ...verdict, gate: command };
        renameSync(`${kept}.new`, kept);
      }
      const verdict = await gate.run(commit, tree, { ...rule, run: `cp -al ${quoted(kept)}/. . && (${rule.run}\n)` }, abort, target);
      return verdict.kind === 'not-configured' ? verdict : { ...verdict, gate: rule.run };
    },
    close: () => gate.close(),
  };
}

async function manifestsIn(git: MirrorGit, tree: Oid): Promise<string> {
  const lines = (await git(['ls-tree', '-r', '-z', tree], {})).split('\0');
  return createHash('sha256').update(lines.filter((line) => MANIFEST.test(line.slice(line.indexOf('\t') + 1))).join('\0')).digest('hex').slice(0, 16);
}

/** Everything the tree does not name. Linked, not moved: the slot takes its own names away after the run. */
function keepIn(folder: string): string {
  const place = quoted(folder);
  return `rm -rf ${place} && mkdir -p ${place} && git ls-files -z --others --directory | xargs -0 -r cp -al --parents -t ${place} --`;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
