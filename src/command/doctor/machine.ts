// Is this machine good enough: node, git, and what walls a gate in.
import { isolation } from '../../adapter/gate/isolation.ts';
import { probeGit } from '../../adapter/git/probe.ts';
import { found, ok, type Check } from './check.ts';

export async function machineChecks(): Promise<readonly Check[]> {
  const [git, walls] = await Promise.all([probeGit(), isolation()]);
  return [
    ok('node', process.versions.node),
    git.ok ? ok('git', git.version ?? '') : found('git', 'fatal', git.problems[0] ?? 'git does not work', 'install git 2.38 or newer'),
    ...(git.ok ? git.problems : git.problems.slice(1)).map((problem) => found(problem.startsWith('git') ? 'git' : 'tools', 'warn', problem, cureFor(problem))),
    walls === 'network-off' ? ok('gate', 'runs cut off from the network') : found('gate', 'warn', 'this machine allows no network namespace: `network: false` does not hold for gates', 'allow unprivileged user namespaces, or run gates on a machine that does'),
  ];
}

function cureFor(problem: string): string {
  if (problem.startsWith('git')) return 'update git';
  return problem.startsWith('stdbuf') ? 'install coreutils' : 'install util-linux';
}
