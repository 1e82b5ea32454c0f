// From a conflict to what follows of it: every file is heard in the room; where all agree and the gate passes on it, that is the
// answer, else a question with options that are built and gated. Calls git and the gate; decides nothing itself.
import type { Case, GateVerdict } from '../consensus/option.ts';
import type { Minds as Thoughts } from '../consensus/minds.ts';
import { rungWords } from '../consensus/rung-words.ts';
import type { Oid } from '../merge/branch.ts';
import type { Effect } from '../merge/effect.ts';
import type { Observation } from '../merge/observation.ts';
import type { Option, OptionLetter, Resolution, StoredVote, Verdict } from '../merge/request.ts';
import { notConfigured, type Answered, type Choice, type Git } from '../port/git.ts';
import type { Gate } from '../port/gate.ts';
import type { Minds } from '../port/minds.ts';
import { companyOf } from './company.ts';
import { hear, proposalIn, unheard, type Heard, type Past, type Ranked } from './deliberation.ts';
import { heardOf, makingsOf, remake, type Makings } from './generated.ts';

export type PrepareEffect = Extract<Effect, { kind: 'prepare' }>;
export type Room = { readonly git: Pick<Git, 'conflictFiles' | 'answer' | 'options'>; readonly gate: Pick<Gate, 'run' | 'make'>; readonly minds: Minds; readonly past: () => Past };
export type OnVote = (vote: StoredVote) => Promise<void>;
type Prepared = Pick<Extract<Observation, { kind: 'prepared' }>, 'options' | 'minds' | 'settled'>;

/** `onVote`: stores one vote; what it throws ends the preparation. */
export async function prepare(effect: PrepareEffect, hands: Room, abort: AbortSignal, onVote: OnVote): Promise<Prepared> {
  const room = { ...hands, gate: oncePerTree(hands.gate) };
  const { heard, unread, agreed } = await conferIn(effect, room, abort, onVote);
  if (heard.length === 0) return { options: await sidesAndDiff3(effect, room, abort, effect.diff3), minds: unread.length === 0 ? null : thoughtsOf(unread), settled: null };
  const minds = thoughtsOf(heard);
  const lands = agreed?.verdict.kind === 'passed' && effect.consensus.land === 'auto';
  if (lands) return { options: [], minds, settled: { resolution: { ...agreed.resolution, minds }, verdict: agreed.verdict } };
  const sides = await sidesAndDiff3(effect, room, abort, 'off');
  const best = await bestOption(effect, room, abort, heard);
  return { options: [...sides.map((option) => withPoints(option, heard)), ...best], minds, settled: null };
}

function thoughtsOf(heard: readonly Heard[]): Thoughts {
  return { files: heard.map(({ thought }) => thought) };
}

/** With what was said of this side in any of the files. */
function withPoints(option: Option, heard: readonly Heard[]): Option {
  return { ...option, points: pointsOf(heard.flatMap(({ ranked }) => ranked.filter(({ letter }) => letter === option.letter))) };
}

/** Either all files were heard, or none, because some were `unread` or the commits no longer give this conflict. */
export type Conferred = { readonly heard: readonly Heard[]; readonly unread: readonly Heard[]; readonly agreed: Agreed | null };
export type Agreed = { readonly resolution: Resolution; readonly verdict: Verdict };

/** Every file is heard, and what all were agreed on is merged and gated. Nothing is built for a person yet. */
export function confer(effect: PrepareEffect, room: Room, abort: AbortSignal, onVote: OnVote): Promise<Conferred> {
  return conferIn(effect, { ...room, gate: oncePerTree(room.gate) }, abort, onVote);
}

async function conferIn(effect: PrepareEffect, room: Room, abort: AbortSignal, onVote: OnVote): Promise<Conferred> {
  const makings = makingsOf(effect);
  const { subjects, unread } = await studyAll(effect, room, abort, makings);
  if (unread.length > 0 || subjects.length + makings.size < effect.conflict.paths.length) return { heard: [], unread, agreed: null };
  const voted = await hearAll(effect, room, abort, subjects, makings, onVote);
  // Nobody may want it any more: a pause holds from then on.
  abort.throwIfAborted();
  const settled = effect.gate === null ? null : choicesOf(effect, makings, voted);
  if (makings.size === 0) return { heard: voted, unread, agreed: settled === null ? null : await agreement(effect, room, abort, settled) };
  const remade = settled === null ? null : await remake(effect, room, abort, makings, settled);
  const made = heardOf(makings, remade);
  return {
    heard: inOrder(effect, voted, made), unread,
    agreed: settled === null || remade?.kind !== 'made' ? null : await agreement(effect, room, abort, withMade(effect, settled, remade.texts)),
  };
}

/** Voted on or made, as the paths of the conflict stand. */
function inOrder({ conflict }: PrepareEffect, voted: readonly Heard[], made: ReadonlyMap<string, Heard>): readonly Heard[] {
  const rest = [...voted];
  return conflict.paths.flatMap(({ path }) => made.get(path) ?? rest.shift() ?? []);
}

function withMade({ conflict }: PrepareEffect, settled: readonly Choice[], texts: ReadonlyMap<string, string>): readonly Choice[] {
  return settled.map((choice, at) => {
    const text = texts.get(conflict.paths[at]?.path ?? '');
    return text === undefined ? choice : { letter: 'C', take: { kind: 'made', text } };
  });
}

/** Each file costs the ladder up to seconds, and each makes it likelier that one of them is wrong. */
const FILES_MAX = 20;

/** All files are read before anybody is asked: with one of them unread people see both sides of all, and why. None where the commits no longer give this conflict. */
async function studyAll({ request, onto, conflict, inverses }: PrepareEffect, { git, minds }: Room, abort: AbortSignal, makings: Makings): Promise<{ readonly subjects: readonly Case[]; readonly unread: readonly Heard[] }> {
  const [first] = conflict.paths;
  const count = conflict.paths.length;
  if (first !== undefined && count > FILES_MAX) return { subjects: [], unread: [unheard(first.path, { code: 'too-large', why: `${count} files are in conflict, at most ${FILES_MAX} are thought about together` })] };
  const subjects: Case[] = [];
  const unread: Heard[] = [];
  for (const text of await git.conflictFiles(request, onto, conflict, inverses)) {
    if (makings.has(text.kind === 'text' ? text.file.path : text.path)) continue;
    // Each takes the ladder up to seconds: whoever wants it to end need not wait for all of them.
    abort.throwIfAborted();
    const study = text.kind === 'text' ? await minds.study(text.file) : text;
    if (study.kind === 'case') subjects.push(study.subject);
    else unread.push(unheard(text.kind === 'text' ? text.file.path : text.path, study.alarm));
  }
  return { subjects, unread };
}

async function hearAll(effect: PrepareEffect, room: Room, abort: AbortSignal, subjects: readonly Case[], makings: Makings, onVote: OnVote): Promise<readonly Heard[]> {
  const { request, consensus } = effect;
  const { minds } = room;
  const learned = room.past();
  const heard: Heard[] = [];
  const stored = request.phase.state === 'deliberating' ? [...request.phase.votes] : [];
  const store: OnVote = async (vote) => {
    await onVote(vote);
    stored.push(vote);
  };
  for (const subject of subjects) {
    abort.throwIfAborted();
    const company = effect.gate === null ? null : companyOf(subjects, heard);
    const gate = company === null ? null : (text: string): Promise<GateVerdict> => gateTexts(effect, room, abort, makings, subjects.map((_, at) => company.get(at) ?? text));
    heard.push(await hear({ id: `${request.id}-${heard.length + 1}`, subject, policy: consensus, hasGate: effect.gate !== null, gate, accompanied: company !== null && company.size > 0, minds, past: learned, stored, onVote: store, signal: abort }));
  }
  return heard;
}

/** One text for each file that is voted on, in order; what is made of them is made first. */
async function gateTexts(effect: PrepareEffect, room: Room, abort: AbortSignal, makings: Makings, texts: readonly string[]): Promise<GateVerdict> {
  const { request, onto, conflict, inverses } = effect;
  const rest = [...texts];
  const choices = conflict.paths.map(({ path }) => makings.has(path) ? sideChoice('A') : textChoice('C', rest.shift() ?? ''));
  const remade = makings.size === 0 ? null : await remake(effect, room, abort, makings, choices);
  if (remade?.kind === 'failed') return 'failed';
  const answered = await room.git.answer(request, onto, conflict, remade === null ? choices : withMade(effect, choices, remade.texts), inverses);
  return answered === null ? 'failed' : gateWord(await gateOn(effect, room.gate, answered, abort));
}

/** What the room agreed on, path by path, with the target's side for what is made later; null where a file is open. */
function choicesOf({ conflict }: PrepareEffect, makings: Makings, voted: readonly Heard[]): readonly Choice[] | null {
  const rest = [...voted];
  const choices: Choice[] = [];
  for (const { path } of conflict.paths) {
    const heard = makings.has(path) ? null : rest.shift();
    const letter = heard?.ranked.find((one) => one.option.id === heard.option?.id)?.letter;
    if (heard === null) choices.push(sideChoice('A'));
    else if (!heard?.option || letter === undefined) return null;
    else choices.push(letter === 'A' || letter === 'B' ? sideChoice(letter) : textChoice(letter, heard.option.text));
  }
  return choices;
}

/** Merged and gated as one. */
async function agreement(effect: PrepareEffect, { git, gate }: Room, abort: AbortSignal, choices: readonly Choice[]): Promise<Agreed | null> {
  const { request, onto, conflict, inverses } = effect;
  const answered = await git.answer(request, onto, conflict, choices, inverses);
  if (answered === null) return null;
  const letters = choices.map(({ letter }) => letter);
  const made = conflict.paths.flatMap(({ path }, at) => choices[at]?.take.kind === 'made' ? [path] : []);
  const proposed = [...new Set(letters.filter((letter) => letter !== 'A' && letter !== 'B'))];
  return {
    verdict: await gateOn(effect, gate, answered, abort),
    resolution: { fingerprint: conflict.fingerprint, choices: letters, by: 'consensus', how: 'consensus', sources: proposed.map((letter) => ({ letter, commit: answered.commit })), applied: answered.applied, ...(made.length === 0 ? {} : { made }) },
  };
}

/** [A] and [B], and [C] where diff3 may offer it: every option is merged and gated before anybody is asked, so that the answer lands at once. */
async function sidesAndDiff3(effect: PrepareEffect, { git, gate }: Room, abort: AbortSignal, diff3: PrepareEffect['diff3']): Promise<readonly Option[]> {
  abort.throwIfAborted();
  const built = await git.options(effect.request, effect.onto, effect.conflict, diff3, effect.inverses);
  const options: Option[] = [];
  for (const option of built) options.push({ ...option, verdict: await gateOn(effect, gate, option, abort) });
  return options;
}

/** [C]: the likeliest proposal of each file, unless that is a side whole. */
async function bestOption(effect: PrepareEffect, { git, gate }: Room, abort: AbortSignal, heard: readonly Heard[]): Promise<readonly Option[]> {
  const best = heard.map(({ ranked }) => proposalIn(ranked));
  const choices = best.map((one): Choice => one === undefined || one.letter === 'A' || one.letter === 'B' ? sideChoice(one?.letter === 'B' ? 'B' : 'A') : textChoice('C', one.option.text));
  if (choices.every(({ take }) => take.kind === 'side')) return [];
  const answered = await git.answer(effect.request, effect.onto, effect.conflict, choices, effect.inverses);
  if (answered === null) return [];
  const [only] = best;
  const title = best.length === 1 && only !== undefined ? `Take the best proposal (${rungWords(only.option.rung)})` : 'Take the best proposal for each file';
  return [{ letter: 'C', title, commit: answered.commit, tree: answered.tree, ledger: answered.ledger, verdict: await gateOn(effect, gate, answered, abort), points: pointsOf(best.flatMap((one) => one ?? [])) }];
}

const POINTS_MAX = 6;
const GATE_WORDS = ['passes the gate', 'fails the gate', 'was not gated'];

function pointsOf(ranked: readonly Ranked[]): NonNullable<Option['points']> {
  // What the gate said stands beside them, with its evidence.
  const unique = (sentences: readonly string[]): readonly string[] => [...new Set(sentences)].filter((sentence) => !GATE_WORDS.includes(sentence)).slice(0, POINTS_MAX);
  return { pros: unique(ranked.flatMap((one) => one.pros)), cons: unique(ranked.flatMap((one) => one.cons)) };
}

function textChoice(letter: OptionLetter, text: string): Choice {
  return { letter, take: { kind: 'text', text } };
}

function sideChoice(letter: 'A' | 'B'): Choice {
  return { letter, take: { kind: 'side', side: letter === 'A' ? 'ours' : 'theirs' } };
}

function gateOn(effect: PrepareEffect, gate: Room['gate'], { commit, tree }: Pick<Answered, 'commit' | 'tree'>, abort: AbortSignal): Promise<Verdict> {
  return effect.gate === null ? Promise.resolve(notConfigured(tree)) : gate.run(commit, tree, effect.gate, abort, effect.request.target);
}

/** A proposal is gated to be voted on, to be agreed on and to be offered: one run serves all. */
function oncePerTree(gate: Room['gate']): Room['gate'] {
  const runs = new Map<Oid, Promise<Verdict>>();
  return {
    run: (commit, tree, ...more) => {
      const run = runs.get(tree) ?? gate.run(commit, tree, ...more);
      runs.set(tree, run);
      return run;
    },
    ...(gate.make === undefined ? {} : { make: gate.make }),
  };
}

function gateWord(verdict: Verdict): GateVerdict {
  switch (verdict.kind) {
    case 'passed': return 'passed';
    case 'failed': return 'failed';
    case 'not-configured': return 'not-run';
  }
}
