// Does the remote answer, and is the config on its default branch one that can be used. Asks, changes nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddress, publicName } from '../../adapter/git/address.ts';
import type { Place } from '../../adapter/local/place.ts';
import { MaestroError } from '../../error.ts';
import { parseBranch, printable } from '../../merge/branch.ts';
import { defaultAmong } from '../../merge/default-branch.ts';
import type { ConsensusPolicy } from '../../merge/policy.ts';
import { ask, git } from '../../hook/git.ts';
import { hooksState, publishing } from '../hooks-state.ts';
import { ignoredName, RENAME } from '../render/ignored.ts';
import { found, ok, type Check } from './check.ts';

const CONFIG_PATH = '.github/maestro.yml';
const HEADS = 'refs/heads/';
const NAMES_SHOWN = 10;
const ASK_TIMEOUT_MS = 20_000;
const WORDS_CHARS_MAX = 500;

export async function remoteChecks(place: Place): Promise<readonly Check[]> {
  const name = publicName(place.remote);
  let path: string | null;
  try {
    ({ path } = parseAddress(place.remote));
  } catch (error) {
    if (!(error instanceof MaestroError)) throw error;
    return [found('remote', 'fatal', error.message, error.next ?? 'git remote set-url origin <https or ssh URL>')];
  }
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: process.env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes', LC_ALL: 'C' };
  const answer = git(['ls-remote', '--symref', '--', place.remote, 'HEAD', `${HEADS}*`], { timeoutMs: ASK_TIMEOUT_MS, env });
  if (answer.code !== 0) return [found('remote', 'fatal', `${name} does not answer: ${printable(answer.stderr.trim().split('\n').filter((text) => text !== '').join(' ') || 'no word from git', WORDS_CHARS_MAX)}`, `git ls-remote ${name}`)];
  const tips = new Map([...answer.stdout.matchAll(/^([0-9a-f]+)\t(refs\/heads\/.+)$/gm)].map(([, oid = '', ref = '']) => [ref, oid]));
  const main = defaultAmong([...tips.keys()], /^ref: (refs\/heads\/.+)\tHEAD$/m.exec(answer.stdout)?.[1] ?? null);
  if (!main.ok) return [found('remote', 'fatal', `${name} answers, but ${main.why}`, main.next)];
  if (path !== null && ask(['rev-parse', '--is-shallow-repository'], { cwd: path }) === 'true') return [found('remote', 'fatal', `${name} is a shallow clone: git takes no branch from it`, `git -C ${path} fetch --unshallow`)];
  const branch = main.name.slice(HEADS.length);
  return [ok('remote', `${name} answers; its default branch is ${printable(branch)}`), ...namesCheck([...tips.keys()]), ...await configChecks(place, path, branch, tips.get(main.name) ?? '')];
}

/** Nothing is queued under a name that is refused, so nothing else tells its author. */
function namesCheck(heads: readonly string[]): readonly Check[] {
  return heads.flatMap((name) => {
    const branch = parseBranch(name);
    return branch.ok ? [] : [found('branch', 'warn', `${ignoredName(name)} is left alone: ${branch.why}`, RENAME)];
  }).slice(0, NAMES_SHOWN);
}

/** `there`: the remote itself, where it is a folder of this machine. */
async function configChecks(place: Place, there: string | null, branch: string, tip: string): Promise<readonly Check[]> {
  const holders = [place.mirror, place.clone, there].filter((path): path is string => path !== null && existsSync(path));
  const holder = holders.find((path) => ask(['cat-file', '-e', `${tip}^{commit}`], { cwd: path }) !== null);
  if (holder === undefined) return [found('config', 'note', `not checked: the tip of ${printable(branch)} is not here yet`, 'git fetch')];
  const text = ask(['cat-file', 'blob', `${tip}:${CONFIG_PATH}`], { cwd: holder });
  if (text === null) return [found('config', 'note', `no ${CONFIG_PATH} on ${printable(branch)}: every marked branch enters it, and nothing is gated`, toPublish(place) ?? 'maestro init')];
  const { parseConfig } = await import('../../config.ts');
  const reading = parseConfig(text);
  if (reading.kind === 'ok') return [ok('config', `${CONFIG_PATH} on ${printable(branch)} is valid`), ...await voterChecks(reading.policy.consensus)];
  const problems = reading.problems.map((problem) => `${CONFIG_PATH}${problem.line === null ? '' : `:${problem.line}`}: ${problem.text}`);
  return [found('config', 'fatal', `${printable(branch)} carries a broken config. ${problems.join('; ')}`, `correct ${CONFIG_PATH} and push it to ${printable(branch)}`)];
}

/** As with the environment of whoever asks the doctor: a coordinator may run with another. Nobody is asked. */
async function voterChecks(policy: ConsensusPolicy): Promise<readonly Check[]> {
  if (policy.voters !== 'auto' && policy.voters.length === 0) return [];
  const { refusedVoters } = await import('../../adapter/voter/open.ts');
  try {
    return refusedVoters(policy, process.env).map(({ name, why }) => found('voter', 'warn', `${printable(name)} takes no part, with this environment: ${printable(why, WORDS_CHARS_MAX)}`, null));
  } catch (error) {
    if (!(error instanceof MaestroError)) throw error;
    return [found('voter', 'fatal', error.message, error.next)];
  }
}

/** Where `maestro init` wrote one here: what lands is ruled by what is on the target, not by this. */
function toPublish({ clone }: Place): string | null {
  const top = clone === null ? null : ask(['rev-parse', '--show-toplevel'], { cwd: clone });
  return top !== null && existsSync(join(top, CONFIG_PATH)) ? publishing(CONFIG_PATH, hooksState(top)) : null;
}
