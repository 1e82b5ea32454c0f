// Files that a declared command makes of others, such as lock files: nobody reads or votes on them, they are made anew once everything
// else of the conflict is settled. Only behind a gate: whether what was made is right nothing else would say.
import { NONE } from '../consensus/ballot.ts';
import type { Oid } from '../merge/branch.ts';
import type { Effect } from '../merge/effect.ts';
import type { GeneratedRule } from '../merge/policy.ts';
import { generatedBy } from '../merge/route.ts';
import type { Gate, Make } from '../port/gate.ts';
import type { Choice, Git } from '../port/git.ts';
import { flawIn } from '../resolution/generated.ts';
import { unheard, type Heard } from './deliberation.ts';

type Prepare = Extract<Effect, { kind: 'prepare' }>;
/** By path. */
export type Makings = ReadonlyMap<string, GeneratedRule>;
export type Makers = { readonly git: Pick<Git, 'answer'>; readonly gate: Pick<Gate, 'make'> };
/** `failed`: why each of these could not be made. */
export type Remade = { readonly kind: 'made'; readonly texts: ReadonlyMap<string, string> } | { readonly kind: 'failed'; readonly why: ReadonlyMap<string, string> };

const COMMAND_SHOWN = 200;
const TAIL_SHOWN = 200;

/** What of the conflict is to be made. Where both sides are no text there is no file to put it in. */
export function makingsOf({ conflict, generated, gate }: Prepare): Makings {
  const wanted = gate === null ? [] : conflict.paths.filter(({ kind }) => kind === 'content' || kind === 'add/add');
  return new Map(wanted.flatMap(({ path }) => {
    const rule = generatedBy(generated, path);
    return rule === null ? [] : [[path, rule] as const];
  }));
}

/** `settled`: a choice for every path, where one that is to be made may be any. */
export async function remake(effect: Prepare, { git, gate }: Makers, abort: AbortSignal, makings: Makings, settled: readonly Choice[]): Promise<Remade> {
  const { make } = gate;
  if (make === undefined) return failed(makings.keys(), 'no command can be run here');
  const start = await git.answer(effect.request, effect.onto, effect.conflict, settled, effect.inverses);
  if (start === null) return failed(makings.keys(), 'the rest of the merge could not be built');
  const texts = new Map<string, string>();
  for (const [rule, paths] of Map.groupBy(makings.keys(), (path) => makings.get(path))) {
    if (rule === undefined) continue;
    const made = await makeOne(make, rule, paths, start, abort);
    if (made.kind === 'failed') return made;
    for (const [path, text] of made.texts) texts.set(path, text);
  }
  return { kind: 'made', texts };
}

async function makeOne(make: Make, rule: GeneratedRule, paths: readonly string[], { commit, tree }: { readonly commit: Oid; readonly tree: Oid }, abort: AbortSignal): Promise<Remade> {
  const { verdict, texts } = await make(commit, tree, rule.make, paths, abort);
  if (verdict.kind === 'failed') return failed(paths, `could not be made anew by \`${shown(rule)}\` (${verdict.cause}): ${verdict.tail.slice(-TAIL_SHOWN)}`);
  const flaws = new Map(paths.flatMap((path) => {
    const flaw = flawIn(path, texts.get(path));
    return flaw === null ? [] : [[path, `${flaw} by \`${shown(rule)}\``] as const];
  }));
  return flaws.size > 0 ? { kind: 'failed', why: flaws } : { kind: 'made', texts };
}

function failed(paths: Iterable<string>, why: string): Remade {
  return { kind: 'failed', why: new Map([...paths].map((path) => [path, why])) };
}

/** How each of them stands in the story of the conflict. `remade` null: something else is open, so none was made. */
export function heardOf(makings: Makings, remade: Remade | null): ReadonlyMap<string, Heard> {
  return new Map([...makings].map(([path, rule]): [string, Heard] => {
    if (remade?.kind === 'made') return [path, madeHeard(path, rule)];
    return [path, unheard(path, { code: 'unread', why: remade?.why.get(path) ?? 'is made anew by its command only when everything else is settled' })];
  }));
}

function madeHeard(path: string, rule: GeneratedRule): Heard {
  const record = { hunks: '', options: [], letters: {}, best: NONE, votes: [], rationale: '', precedent: null };
  return { option: null, ranked: [], thought: { path, conflictClass: 'generated', rounds: 0, confidence: 1, lines: [`Made anew by \`${shown(rule)}\``], outcome: { kind: 'settled', rung: 'made anew', dropped: 0 }, record } };
}

function shown({ make }: GeneratedRule): string {
  return make.run.slice(0, COMMAND_SHOWN);
}
