// `maestro init`: writes the commented .github/maestro.yml that fits the branches it sees. Never writes over one that is there.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commentedConfig } from '../config-comment.ts';
import { MaestroError } from '../error.ts';
import { hooksState, publishing } from './hooks-state.ts';
import { guessGate, type GateGuess } from './init/gate-guess.ts';
import { proposeHierarchy, type ProposedRoute } from './init/hierarchy.ts';
import { survey, type Survey } from './init/survey.ts';
import { line, paint, type Line } from './render/line.ts';
import { printJson, type Call, type Verb } from './verb.ts';

const CONFIG_PATH = '.github/maestro.yml';

export const init: Verb = {
  args: [],
  flags: [['--gate <command>', 'what a merge must pass before it lands, for every target (without it a guess is left as a comment)'], ['--network', 'the gate may reach the network, as npm ci needs: its HOME is new each time, and holds no cache'], ['--dry-run', 'print the file, write nothing'], ['--force', 'write over a file that is there']],
  notes: 'A .github/maestro.yml that is there and differs is refused (4) unless --force.',
  run,
};

type Draft = { readonly seen: Survey; readonly hierarchy: readonly ProposedRoute[]; readonly guess: GateGuess | null; readonly text: string };

async function run(call: Call): Promise<number> {
  const draft = await draftFor(call);
  const path = join(draft.seen.top, CONFIG_PATH);
  const dryRun = call.has('dryRun');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null;
  if (before !== null && before !== draft.text && !dryRun && !call.has('force'))
    throw new MaestroError('not-allowed', `${CONFIG_PATH} is there already and was left as it is`, { next: `maestro init --dry-run | diff ${CONFIG_PATH} -   (--force writes over it)` });
  if (!dryRun && before !== draft.text) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, draft.text);
  }
  const { seen, hierarchy, guess, text } = draft;
  if (call.json) printJson(call, { path, written: !dryRun && before !== text, defaultBranch: seen.defaultBranch, hierarchy, gate: call.value('gate'), gateGuess: guess?.run ?? null, gateGuessNetwork: guess?.network ?? null, config: text });
  else call.terminal.out(dryRun ? text.trimEnd() : paint(report(call, draft, before === text), call.terminal.colour));
  return 0;
}

async function draftFor(call: Call): Promise<Draft> {
  if (call.has('network') && call.value('gate') === null) throw new MaestroError('usage', '--network is for a --gate');
  const seen = await survey(call.repo);
  const hierarchy = proposeHierarchy(seen.branches, seen.defaultBranch);
  const guess = guessGate(seen.top);
  const text = commentedConfig({ hierarchy, gate: call.value('gate'), network: call.has('network'), example: { target: seen.defaultBranch, gate: guess?.run ?? 'npm test', network: guess?.network ?? false } });
  const { parseConfig } = await import('../config.ts');
  const reading = parseConfig(text);
  if (reading.kind === 'broken') throw new MaestroError('usage', `that makes no valid config: ${reading.problems.map((problem) => problem.text).join('; ')}`, { next: 'maestro init --help' });
  return { seen, hierarchy, guess, text };
}

function report(call: Call, { seen, hierarchy, guess }: Draft, unchanged: boolean): readonly Line[] {
  const gate = call.value('gate');
  const hooks = hooksState(seen.top);
  return [
    line('good', unchanged ? `${CONFIG_PATH} is there already, just like this.` : `✓ Wrote ${CONFIG_PATH}`),
    ...(hierarchy.length === 0 ? [line('plain', `  every marked branch enters ${seen.defaultBranch}`)] : hierarchy.map((route) => line('plain', `  ${route.branch} -> ${route.into}`))),
    line('plain', gate !== null ? `  gate: ${gate}${call.has('network') ? ', with the network' : ', cut off from the network (--network allows it)'}` : guess === null ? '  no gate: nothing is checked before it lands' : `  no gate yet; this project looks as if "${guess.run}" checks it${guess.network ? ', with the network' : ''} (there as a comment; --gate${guess.network ? ' and --network put' : ' puts'} one in force)`),
    line('plain', ''),
    line('head', 'Next:'),
    line('plain', `  ${publishing(CONFIG_PATH, hooks)}`),
    ...(hooks === 'installed' ? [] : [line('plain', '  npx maestro-hooks install')]),
    line('plain', '  npx maestro start'),
  ];
}
