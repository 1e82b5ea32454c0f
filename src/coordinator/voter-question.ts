// A conflict as the voters outside read it: hunks with a little around them, sides without names, facts instead of opinions.
// Pure; knows no voter and no prompt.
import { fingerprintOf } from '../consensus/case.ts';
import type { Case, Option } from '../consensus/option.ts';
import { mergeLines } from '../engine/line/merge-lines.ts';
import { linesOf, type Region } from '../engine/line/region.ts';
import { CONTEXT_LINES_MAX, HUNK_PLACE, type VoterHunk, type VoterOption, type VoterQuestion } from '../port/voter.ts';
import type { ConflictFile, Intent } from '../resolution/conflict-file.ts';
import { finderOf, numbering, startsWith } from '../resolution/line-run.ts';
import { intentText } from './intent-text.ts';

export type Conflict = { readonly file: Pick<ConflictFile, 'path' | 'intent'>; readonly options: readonly Option[] };

export type Asked = {
  readonly id: string;
  readonly round: VoterQuestion['round'];
  readonly evidence: readonly string[];
  /** Which side is called left, for all rounds of one conflict the same. */
  readonly left: 'ours' | 'theirs';
};

/** `name`: of exactly this question, for lessons and gates since then may have given the options other names. */
export type Posed = { readonly question: VoterQuestion; readonly regions: readonly Region[]; readonly name: string };

export function pose(subject: Case, asked: Omit<Asked, 'left'>): Posed | null {
  const { base, ours, theirs } = subject.file;
  const regions = mergeLines(base ?? '', ours, theirs, 'eager');
  const question = voterQuestion(subject, regions, { ...asked, left: leftOf(asked.id) });
  return question === null ? null : { question, regions, name: fingerprintOf(JSON.stringify(question)) };
}

/** Which side is called left must not follow from which is whose; the request's id is a hash. */
function leftOf(id: string): 'ours' | 'theirs' {
  return (id.codePointAt(0) ?? 0) % 2 === 0 ? 'ours' : 'theirs';
}

/** `regions`: the file's line merge. Null where an option changes more than the hunks: then only whole files could show it. */
export function voterQuestion(conflict: Conflict, regions: readonly Region[], { left, ...asked }: Asked): VoterQuestion | null {
  const options = conflict.options.map((option) => shownOption(option, regions, left));
  const { ours, theirs } = intentsOf(conflict.file.intent);
  const hunks = regions.flatMap((region, at) => region.kind === 'hunk' ? [hunkAt(region, regions[at - 1], regions[at + 1], left)] : []);
  if (hunks.length === 0 || options.includes(null)) return null;
  return {
    ...asked,
    path: conflict.file.path,
    hunks,
    intents: left === 'ours' ? { left: ours, right: theirs } : { left: theirs, right: ours },
    options: options.filter((option) => option !== null),
  };
}

function hunkAt(hunk: Extract<Region, { kind: 'hunk' }>, before: Region | undefined, after: Region | undefined, left: Asked['left']): VoterHunk {
  const above = settledLines(before).slice(-CONTEXT_LINES_MAX);
  const below = settledLines(after).slice(0, CONTEXT_LINES_MAX);
  const [ours, theirs] = [hunk.ours.join(''), hunk.theirs.join('')];
  return {
    context: `${above.join('')}${HUNK_PLACE}\n${below.join('')}`,
    base: hunk.base.join(''),
    left: left === 'ours' ? ours : theirs,
    right: left === 'ours' ? theirs : ours,
  };
}

function settledLines(region: Region | undefined): readonly string[] {
  return region?.kind === 'stable' ? region.lines : [];
}

function shownOption(option: Option, regions: readonly Region[], left: Asked['left']): VoterOption | null {
  const answers = answersIn(linesOf(option.text), regions);
  if (answers === null) return null;
  const text = answers.length === 1 ? answers.join('') : answers.map((answer, at) => `[hunk ${at + 1}]\n${answer}`).join('\n');
  return { id: option.id, text, facts: factsOf(option, left) };
}

/** What a text puts in the place of each hunk; null unless everything around the hunks stands as it was. */
function answersIn(lines: readonly string[], regions: readonly Region[]): readonly string[] | null {
  const answers: string[] = [];
  const numbered = numbering();
  const whole = numbered(lines);
  let at = 0;
  for (const [index, region] of regions.entries()) {
    if (region.kind === 'hunk') {
      const end = endOfAnswer(whole, at, numbered(settledLines(regions[index + 1])), index + 2 === regions.length);
      if (end === null) return null;
      answers.push(lines.slice(at, end).join(''));
      at = end;
    } else {
      if (!startsWith(whole.subarray(at), numbered(region.lines))) return null;
      at += region.lines.length;
    }
  }
  return at === lines.length ? answers : null;
}

/** Where the settled lines behind a hunk begin: the last ones at the end of the text, others at the first place that has them all. */
function endOfAnswer(lines: Int32Array, from: number, settled: Int32Array, isLast: boolean): number | null {
  const latest = lines.length - settled.length;
  if (settled.length === 0 || isLast) return latest >= from ? latest : null;
  const found = finderOf(settled)(lines.subarray(from));
  return found < 0 ? null : from + found;
}

type LedgerLine = Option['ledger']['dropped'][number];

const LINES_NAMED_MAX = 8;
const LINE_CHARS_MAX = 200;

function factsOf(option: Option, left: Asked['left']): readonly string[] {
  const gate = { 'passed': 'the gate passes on it', 'failed': 'the gate fails on it', 'not-run': 'no gate has run on it' }[option.gate];
  const { dropped, resurrected, fromNowhere } = option.ledger;
  return [
    gate,
    ...named(dropped, (line) => `drops ${quoted(line)}, ${line.side === 'both' ? 'which both sides have' : `added by ${sideOf(line, left)}`}`, 'drops'),
    ...named(resurrected, (line) => `brings back ${quoted(line)}, removed by ${sideOf(line, left)}`, 'brings back'),
    ...named(fromNowhere, (line) => `adds ${quoted(line)}, which neither side has`, 'adds'),
    ...option.objections.map((objection) => objection.text),
  ];
}

function named(lines: readonly LedgerLine[], say: (line: LedgerLine) => string, verb: string): readonly string[] {
  const rest = lines.length - LINES_NAMED_MAX;
  return [...lines.slice(0, LINES_NAMED_MAX).map(say), ...rest > 0 ? [`${verb} ${rest} more`] : []];
}

/** Text of a branch stands between backticks; it has none of its own. */
function quoted({ text, entity }: LedgerLine): string {
  const line = text.trim().replaceAll('`', "'");
  const shown = line.length > LINE_CHARS_MAX ? `${line.slice(0, LINE_CHARS_MAX)}...` : line;
  return entity === '' ? `\`${shown}\`` : `\`${shown} (in ${entity.replaceAll('`', "'")})\``;
}

function sideOf({ side }: LedgerLine, left: Asked['left']): string {
  if (side === 'both') return 'both sides';
  return side === left ? 'left' : 'right';
}

function intentsOf({ oursMessage, oursLog, theirsMessage, theirsLog }: Intent): { readonly ours: string; readonly theirs: string } {
  return { ours: intentText(oursMessage, oursLog), theirs: intentText(theirsMessage, theirsLog) };
}
