// The radar without a coordinator: over the branches of the remote as this clone last fetched them, or a bare repository's own. Only reads.
import { openSurvey } from '../adapter/git/radar.ts';
import { openView } from '../adapter/git/view.ts';
import { asksFor } from '../coordinator/radar-watch.ts';
import { CONFIG_PATH } from '../coordinator/rulebook.ts';
import { parseConfig } from '../config.ts';
import { MaestroError } from '../error.ts';
import { ask, cleanEnvironment } from '../hook/git.ts';
import { findRepository, maestroDir, type Repository } from '../hook/repository.ts';
import { defaultBranchOf, readSettings } from '../hook/settings.ts';
import { parseBranch, type Oid, type RefName } from '../merge/branch.ts';
import { defaultAmong } from '../merge/default-branch.ts';
import { DEFAULT_POLICY, type Policy } from '../merge/policy.ts';
import type { RadarLane, RadarReport } from '../merge/radar.ts';

export type CloneRadar = { look(): Promise<RadarReport>; close(): Promise<void> };

export function openCloneRadar(repo: string): CloneRadar {
  const repository = findRepository(repo);
  const survey = openSurvey(repository.commonDir);
  return {
    look: async () => {
      const { heads, main } = await headsOf(repository);
      const lanes: RadarLane[] = [];
      for (const one of asksFor(heads, policyAt(repository, heads.get(main) ?? main), main)) lanes.push(await survey.survey(one));
      return { lanes, trouble: null };
    },
    close: () => survey.close(),
  };
}

async function headsOf(repository: Repository): Promise<{ readonly heads: ReadonlyMap<RefName, Oid>; readonly main: RefName }> {
  const remote = repository.remotes.includes('origin') ? 'origin' : repository.remotes[0];
  const prefix = repository.bare || remote === undefined ? 'refs/heads/' : `refs/remotes/${remote}/`;
  const view = openView(repository.commonDir);
  await view.close();
  const heads = new Map([...view.tips].flatMap(([name, oid]) => {
    const parsed = name.startsWith(prefix) ? parseBranch(`refs/heads/${name.slice(prefix.length)}`) : null;
    return parsed?.ok === true && name !== `${prefix}HEAD` ? [[parsed.ref, oid] as const] : [];
  }));
  const named = repository.bare || remote === undefined ? ownDefault(repository) : defaultBranchOf(readSettings(maestroDir(repository)), remote, repository.root);
  const found = defaultAmong([...heads.keys()], named);
  if (!found.ok) throw new MaestroError('no-commits', `${repository.bare ? 'this repository' : 'what this clone has fetched'} ${found.why}`, { next: repository.bare || heads.size > 0 ? found.next : `git fetch, or ${found.next}` });
  return { heads, main: found.name };
}

/** Null on a detached HEAD. */
function ownDefault(repository: Repository): RefName | null {
  const parsed = parseBranch(ask(['symbolic-ref', '--quiet', 'HEAD'], { cwd: repository.root, env: cleanEnvironment() }) ?? '');
  return parsed.ok ? parsed.ref : null;
}

/** As the default branch says; a config that cannot be read is as good as none. */
function policyAt(repository: Repository, tip: string): Policy {
  const text = ask(['cat-file', 'blob', `${tip}:${CONFIG_PATH}`], { cwd: repository.root, env: cleanEnvironment() });
  const read = text === null ? null : parseConfig(text);
  return read?.kind === 'ok' ? read.policy : DEFAULT_POLICY;
}
