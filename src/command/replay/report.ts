// A replay in words and tables, for people. Works out nothing that figures.ts has not.
import { printable } from '../../merge/branch.ts';
import { count } from '../../merge/wording.ts';
import type { Figures } from '../../replay/figures.ts';
import type { GatedMerge } from '../../replay/gated.ts';
import { isExact, type Match, type Verdict } from '../../replay/verdict.ts';
import { line, type Line } from '../render/line.ts';
import { fit } from '../render/width.ts';
import type { Replay } from './replay.ts';

const SURPRISES_SHOWN_MAX = 10;
const RUNGS_SHOWN_MAX = 20;
const WHYS_SHOWN_MAX = 6;
const TAIL_LINES_MAX = 6;
const LABEL_WIDTH = 46;
const OID_SHOWN = 10;
const MATCHES: Readonly<Record<Match, string>> = { byte: 'exactly', space: 'but for white space', order: 'but for the order of lines', other: 'otherwise', unanswered: 'no answer' };

export function reportLines(replay: Replay, withList: boolean): readonly Line[] {
  const { figures } = replay;
  if (figures.files === 0) return [...headLines(replay), line('plain', 'Nothing to judge.')];
  return [
    ...headLines(replay),
    ...summaryLines(figures), line('plain', ''),
    ...gatedLines(replay.gated),
    ...curveLines(figures), line('plain', ''),
    ...rungLines(figures), line('plain', ''),
    ...listLines(replay, withList),
  ];
}

function headLines({ repository, history, figures, gated, stopped, shallow, learned, fileByFile }: Replay): readonly Line[] {
  const { lookedAt, merges, unreadable, conflicted } = history;
  return [
    line('head', `What the ladder would have done with ${printable(repository)}`),
    line('quiet', `no model, ${gated === null ? 'no gate' : `gate: ${printable(gated.gate)}`}${learned ? `; what people did is learnt from, ${fileByFile ? 'file by file, ' : ''}oldest first` : '; nothing is learnt (--no-learn)'}`),
    line('plain', `${count(lookedAt, 'merge')} of ${merges} looked at${unreadable === 0 ? '' : ` (${unreadable} could not be read)`}; ${conflicted} left a conflict; ${count(figures.files, 'file')} with ${count(figures.hunks.all, 'place')} to judge.`),
    ...(shallow ? [line('ask', 'This clone is shallow: its history ends early.'), line('plain', '  next: git fetch --unshallow')] : unreadable > 0 ? [line('ask', 'Of some merges objects are missing here, as in a partial clone.'), line('plain', '  next: maestro replay --repo <a whole clone>')] : []),
    ...(stopped ? [line('ask', 'Stopped early: this is what there was.')] : []),
    line('plain', ''),
  ];
}

function summaryLines({ threshold, files, answered, exact, exactByte, settled, toPerson, merges, recall, hunks, calibration, loss, ms }: Figures): readonly Line[] {
  return [
    row(`settled (at least ${percent(threshold, 0)} sure)`, part(settled.files, files)),
    row('  exactly as people did', `${part(settled.exact, settled.files)}${settled.interval === null ? '' : `, 95 %: ${settled.interval.map((end) => percent(end, 0)).join(' to ')}`}; ${settled.exactByte} byte for byte`),
    row('  lose a line that people kept', `${loss.files}; ${loss.untold} without an entry in the ledger`),
    row('would have gone to a person', part(toPerson, files)),
    row('whole merges settled', `${part(merges.settled, merges.whole)}; ${merges.settledExact} exactly as people did`),
    line('plain', ''),
    row('best proposal as people did', `${part(exact, files)} (${exactByte} byte for byte), of ${answered} answered`),
    row('  places', part(hunks.right, hunks.placed)),
    row('people\'s resolution among the options', `${percent(recall.files)} of files, ${percent(recall.hunks)} of places`),
    row('confidence: calibration error, Brier', `${decimal(calibration.ece)}, ${decimal(calibration.brier)}`),
    row('time for a file: half, 95 %, longest', `${inMs(ms.p50)}, ${inMs(ms.p95)}, ${inMs(ms.max)}`),
  ];
}

function gatedLines(gated: Replay['gated']): readonly Line[] {
  if (gated === null) return [];
  const { merges, settled, exact, red, redBefore, silent, runs, persons } = gated.figures;
  return [
    line('head', 'with the tests as judge'),
    row('merges settled, green on exactly that tree', part(settled, merges)),
    row('  exactly as people did', part(exact, settled)),
    row('agreed on, and refused by the tests', `${red}; ${redBefore} more where a side is red as well`),
    row('to a person', `${merges - settled - red - redBefore}${persons.length === 0 ? '' : ` (${persons.slice(0, WHYS_SHOWN_MAX).map((one) => `${one.why} ${one.merges}`).join(', ')})`}`),
    row('runs of the gate', `${runs}; in ${count(silent, 'merge')} it failed on a side as well and said nothing`),
    ...tailLines(gated.merges),
    line('plain', ''),
  ];
}

/** Without it nobody could tell a gate that was set up wrongly from tests that are red. */
function tailLines(merges: readonly GatedMerge[]): readonly Line[] {
  const last = merges.findLast(({ silent }) => silent);
  if (last === undefined) return [];
  const tail = last.tail.split('\n').slice(-TAIL_LINES_MAX).map((text) => line('quiet', `  ${printable(text)}`));
  return [line('quiet', `What it printed last on a side of ${last.merge.slice(0, OID_SHOWN)}:`), ...tail];
}

function curveLines({ curve }: Figures): readonly Line[] {
  const cells = (texts: readonly string[]): string => texts.map((text) => text.padStart(8)).join('');
  return [
    line('head', fit('the most confident', LABEL_WIDTH - 12) + cells(curve.map((point) => `${point.percent} %`))),
    line('plain', fit('exactly as people did', LABEL_WIDTH - 12) + cells(curve.map(({ exact }) => percent(exact)))),
  ];
}

function rungLines({ rungs }: Figures): readonly Line[] {
  return [
    line('head', `${fit('rung', 34)}${'files'.padStart(8)}${'sure'.padStart(9)}${'exact'.padStart(9)}`),
    ...rungs.slice(0, RUNGS_SHOWN_MAX).map(({ rung, files, confidence, exact }) => line('plain', `${fit(printable(rung), 34)}${String(files).padStart(8)}${percent(confidence).padStart(9)}${percent(exact / files).padStart(9)}`)),
    ...(rungs.length > RUNGS_SHOWN_MAX ? [line('quiet', `${rungs.length - RUNGS_SHOWN_MAX} more`)] : []),
  ];
}

function listLines({ files, figures: { threshold, settled } }: Replay, whole: boolean): readonly Line[] {
  if (!whole && settled.files === 0) return [line('plain', 'Nothing was sure enough to settle. --list shows every file.')];
  const surprises = files.filter(({ match, confidence }) => match !== 'unanswered' && confidence >= threshold && !isExact(match));
  const shown = whole ? files : surprises.slice(0, SURPRISES_SHOWN_MAX);
  const title = whole ? 'All files, oldest merge first' : surprises.length === 0 ? 'Whatever was settled was settled as people did. --list shows every file.' : 'Settled otherwise than people did (--list shows every file)';
  return [
    line('head', title),
    ...shown.map((verdict) => line(toneOf(verdict, threshold), `${verdict.merge.slice(0, OID_SHOWN)}  ${percent(verdict.confidence).padStart(7)}  ${fit(printable(verdict.rung), 24)}  ${fit(wordsFor(verdict), 27)} ${printable(verdict.path)}`)),
    ...(whole || shown.length === surprises.length ? [] : [line('quiet', `${surprises.length - shown.length} more`)]),
  ];
}

function wordsFor({ match, why }: Verdict): string {
  return why === null ? MATCHES[match] : `${MATCHES[match]} (${why})`;
}

function toneOf({ match, confidence }: Verdict, threshold: number): Line['tone'] {
  if (confidence < threshold) return 'plain';
  return isExact(match) ? 'good' : 'bad';
}

function row(label: string, text: string): Line {
  return line('plain', fit(label, LABEL_WIDTH) + text);
}

function part(some: number, all: number): string {
  return all === 0 ? '0' : `${some} of ${all} (${percent(some / all)})`;
}

function percent(fraction: number | null, digits = 1): string {
  return fraction === null ? '-' : `${(100 * fraction).toFixed(digits)} %`;
}

function decimal(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

function inMs(value: number | null): string {
  return value === null ? '-' : `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
}
