// What was learned, for people: the score in one line, classes with what they changed, how sure against how right, the last lessons.
import { LESSONS_MIN, type ClassReport, type LearningReport } from '../../consensus/report.ts';
import { rungWords } from '../../consensus/rung-words.ts';
import { printable } from '../../merge/branch.ts';
import { count } from '../../merge/wording.ts';
import { line, type Line } from './line.ts';
import { age } from './time.ts';

const LESSONS_SHOWN = 10;
const CURVE_WIDTH = 20;

export function learningLines({ score, curve, classes, lessons }: LearningReport, nowMs: number): readonly Line[] {
  if (lessons.length === 0) return [line('plain', 'Nothing was learned yet: no conflict has been settled and landed since the last reset.')];
  return [
    line('head', `Learning score: ${score.score === null ? 'none yet' : `${score.score}/100`}${score.isFew ? ` (from ${count(score.outcomes, 'outcome')} only)` : ''}`),
    line('plain', `  50 is no better than always saying the base rate, 100 is sure and always right. Brier ${fixed(score.brier)}, calibration error ${fixed(score.calibrationError)}.`),
    ...(curve.length === 0 ? [] : [line('head', 'How sure, and how often right')]),
    ...curve.map((bin) => line('plain', `  ${percent(bin.from)}-${percent(bin.to)}  ${'#'.repeat(Math.round(bin.rate * CURVE_WIDTH)).padEnd(CURVE_WIDTH, '.')} ${percent(bin.rate)} of ${bin.outcomes}`)),
    line('head', `${count(lessons.length, 'lesson')} (${LESSONS_MIN} of a kind, from several people, change weights and chances; what a person chose for the same lines counts at once)`),
    ...classes.flatMap(classLines),
    line('head', 'The last ones'),
    ...lessons.slice(0, LESSONS_SHOWN).map((lesson) => line('plain', `  ${lesson.id}  ${printable(lesson.file)}, ${age(nowMs - lesson.atMs)} ago: ${lesson.decision?.by === 'person' ? `${printable(lesson.decision.person)} chose` : `consensus at ${percent(lesson.consensus.confidence)} took`} ${printable(rungWords(lesson.approaches.find((one) => one.option === lesson.decision?.option)?.rung ?? 'none of them'))}; ${lesson.outcome}`)),
  ];
}

function classLines({ conflictClass, lessons, voters, rungs }: ClassReport): readonly Line[] {
  return [
    line('plain', `  ${printable(conflictClass)}: ${lessons}`),
    ...voters.map(({ voter, weight, shipped }) => line('plain', `    ${printable(voter)} weighs ${fixed(weight)}, shipped ${fixed(shipped)}`)),
    ...rungs.map(({ rung, factor }) => line('plain', `    ${printable(rungWords(rung))} (${printable(rung)}) is ${fixed(factor)} times as likely as its chances say`)),
  ];
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

function fixed(figure: number): string {
  return figure.toFixed(2);
}
