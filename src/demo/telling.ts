// Words for what Maestro does, event by event, as far as the audience cares. Facts come from the ledger's events alone.
import type { Minds } from '../consensus/minds.ts';
import type { Resolution } from '../merge/request.ts';
import type { Tone } from '../command/render/line.ts';
import { count, verdictWords } from '../merge/wording.ts';
import { shortName } from '../merge/branch.ts';
import type { LedgerEvent } from '../merge/event.ts';
import type { Hold } from '../merge/request.ts';
import type { Conflict, PathConflict } from '../resolution/conflict.ts';
import { branchOf, landedBy, type Events } from './news.ts';

const HUNKS_SHOWN = 3;
/** As `lettersOf` gives them (coordinator/deliberation.ts). */
const LEGEND = "A: the target's side. B: the branch's. From C on: both, put together.";

export type Told = { readonly tone: Tone; readonly text: string; readonly more: readonly string[] };

/** Null for what only `maestro explain` should tell. `places` name contested code by file, where the story knows. */
export function tellEvent(event: LedgerEvent, seen: Events, target: string, places: Readonly<Record<string, string>>): readonly Told[] {
  switch (event.kind) {
    case 'requested': return [told('plain', `heard of ${shortName(event.branch)}: merge request ${event.id} into ${target}`)];
    case 'built': return event.candidate.how === 'clean' ? [told('plain', `merges cleanly (${count(event.candidate.pathCount, 'file')}): ${branchOf(seen, event.id)}`)] : [];
    case 'held': return [told('ask', `${branchOf(seen, event.id)} waits: ${holdWords(event.hold, seen, target)}`)];
    case 'conflicted': return conflictTold(branchOf(seen, event.id), event.conflict, places);
    case 'asked': return [...mindsTold(branchOf(seen, event.id), event.question.minds), told('ask', 'A person is asked. Nobody else is held up.')];
    case 'gated': return gateTold(event, seen);
    case 'decided': return decidedTold(branchOf(seen, event.id), event.resolution);
    case 'landed': return landedBy(seen, event.intent).map((id) => told('good', `✓ ${landedWords(seen, id)} ${target}: ${branchOf(seen, id)}`));
    case 'not-landed': return [told('ask', `not landed yet: ${event.why}`)];
    case 'rejected': return [told('bad', `✗ ${branchOf(seen, event.id)} was rejected (${event.reason.code})`)];
    case 'stopped': return [told('bad', `✗ ${target} stands still: ${event.alarm.detail}`)];
    case 'tasked': case 'voted': case 'retried': case 'met': case 'skipped': case 'forgotten': case 'released': case 'dropped': case 'baseline': case 'intended': case 'superseded': case 'cancelled':
    case 'rolled-back': case 'taken-off': case 'tip': case 'paused': case 'resumed': case 'promoted': case 'entered':
      return [];
  }
}

function decidedTold(branch: string, { how, choices, by, minds }: Resolution): readonly Told[] {
  if (how === 'person') return [told('plain', `Applying human decision: ${choices.join('')}`, [`by ${by}, recorded before anything is done`])];
  return [...mindsTold(branch, minds), told('good', `✓ Applying consensus merge: ${branch}`, ['gated on exactly that tree before it was recorded'])];
}

/** The rounds, as they were held. */
function mindsTold(branch: string, minds: Minds | undefined): readonly Told[] {
  return (minds?.files ?? []).map(({ path, lines }) => told('plain', `Consensus on ${path} of ${branch}`, [LEGEND, ...lines]));
}

function holdWords(hold: Hold, seen: Events, target: string): string {
  switch (hold.kind) {
    case 'conflict-ahead': return `it conflicts with ${hold.behind.map((id) => branchOf(seen, id)).join(', ')}, which lands first`;
    case 'ahead': return hold.why;
    case 'target-red': return `${target} itself fails the gate`;
  }
}

function gateTold({ ids, verdict }: Extract<LedgerEvent, { kind: 'gated' }>, seen: Events): readonly Told[] {
  const where = verdict.kind === 'not-configured' ? '' : ' on that very tree';
  return ids.map((id) => told(verdict.kind === 'failed' ? 'bad' : 'plain', `${verdictWords(verdict)}${where}: ${branchOf(seen, id)}`));
}

function conflictTold(branch: string, conflict: Conflict, places: Readonly<Record<string, string>>): readonly Told[] {
  const partners = conflict.partners.map((partner) => partner.branch === '' ? `"${partner.title}"` : partner.branch).join(', ');
  return conflict.paths.map((path) => told('bad', `✗ CONFLICT in ${path.path}`, [
    `${branch} against ${partners === '' ? 'what landed before' : partners}`,
    `Both changed ${[places[path.path], hunkWords(path)].filter((one) => one !== undefined).join(', ')}, differently.`,
  ]));
}

function hunkWords({ hunks, message }: PathConflict): string {
  if (hunks.length === 0) return message;
  const spans = hunks.slice(0, HUNKS_SHOWN).map((hunk) => span(hunk.baseLine, hunk.base.length)).join(', ');
  return `line${hunks.length === 1 && (hunks[0]?.base.length ?? 0) <= 1 ? '' : 's'} ${spans}`;
}

function span(first: number, length: number): string {
  return length <= 1 ? String(first) : `${first} to ${first + length - 1}`;
}

function landedWords(seen: Events, id: string): string {
  const built = seen.findLast((event) => event.kind === 'built' && event.id === id);
  return built?.kind === 'built' && built.candidate.how !== 'clean' ? 'Merge complete, landed on' : 'Clean merge, landed on';
}

function told(tone: Tone, text: string, more: readonly string[] = []): Told {
  return { tone, text, more };
}
