// What a repository has learned, as plain figures: the learning score, how far confidence is to be trusted, who is heard how loudly.
import { ROLES, type Speaker } from './ballot.ts';
import { DEFAULT_LEARNING_RULE, knowledgeOf, outcomesOf } from './learning.ts';
import { learningScore, type LearningScore } from './learning-score.ts';
import type { Lesson } from './lesson.ts';
import { reliability, type Bin } from './reliability.ts';
import { DEFAULT_CONSENSUS_RULE } from './rule.ts';
import { shippedRecord, weightOf } from './weight.ts';

export type LearningReport = {
  readonly score: LearningScore;
  readonly curve: readonly Bin[];
  readonly classes: readonly ClassReport[];
  /** The newest first. */
  readonly lessons: readonly Lesson[];
};

export type ClassReport = {
  readonly conflictClass: string;
  readonly lessons: number;
  /** Weights as they count in this class, beside those the product ships with; only where they differ. */
  readonly voters: readonly { readonly voter: string; readonly weight: number; readonly shipped: number }[];
  /** How many times likelier a rung is here than its chances say; only where that is not 1. */
  readonly rungs: readonly { readonly rung: string; readonly factor: number }[];
};

/** Lessons of one kind from which they change anything. */
export const LESSONS_MIN = DEFAULT_LEARNING_RULE.lessonsMin;

export function learningReport(lessons: readonly Lesson[], nowMs: number): LearningReport {
  const classes = [...Map.groupBy(lessons, (lesson) => lesson.conflictClass)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    score: learningScore(lessons),
    curve: reliability(outcomesOf(lessons)),
    classes: classes.map(([conflictClass, own]) => classReport(conflictClass, own, nowMs)),
    lessons: lessons.toSorted((a, b) => b.atMs - a.atMs),
  };
}

function classReport(conflictClass: string, lessons: readonly Lesson[], nowMs: number): ClassReport {
  const knowledge = knowledgeOf(lessons, conflictClass, nowMs);
  const loudness = (speaker: Speaker): ClassReport['voters'][number] => ({ voter: speaker.voter, weight: weightOf(knowledge.recordOf(speaker), DEFAULT_CONSENSUS_RULE.weightMax), shipped: weightOf(shippedRecord(speaker), DEFAULT_CONSENSUS_RULE.weightMax) });
  const names = new Set(lessons.flatMap((lesson) => lesson.votes.map((vote) => vote.voter)));
  const rungs = new Set(lessons.flatMap((lesson) => lesson.approaches.map((approach) => approach.rung)));
  return {
    conflictClass, lessons: lessons.length,
    voters: [...names].sort().map((name) => loudness(speakerOf(name))).filter(({ weight, shipped }) => weight !== shipped),
    rungs: [...rungs].sort().map((rung) => ({ rung, factor: knowledge.rungPrior(rung) })).filter(({ factor }) => factor !== 1),
  };
}

/** Nobody outside may go by a role's name. */
function speakerOf(voter: string): Speaker {
  return { voter, family: voter, model: ROLES.some((role) => role === voter) ? null : voter };
}

/** The seed's record of one lesson, in its words. */
export function seedRecord({ id, atMs, conflictClass, file, approaches, consensus, decision, rationale, outcome }: Lesson): object {
  const rungOf = (option: string | undefined): string | null => approaches.find((approach) => approach.option === option)?.rung ?? null;
  return {
    id, at: new Date(atMs).toISOString(),
    conflict_type: conflictClass, file,
    approaches: approaches.map(({ rung }) => rung),
    ai_consensus: consensus.settled ? `settled_${rungOf(consensus.option) ?? 'none'}` : `failed_${consensus.why.replaceAll('-', '_')}`,
    confidence: Math.round(1000 * consensus.confidence) / 1000, rounds: consensus.rounds,
    human_decision: decision?.by === 'person' ? rungOf(decision.option) ?? 'none_of_them' : null,
    decided_by: decision?.by === 'person' ? decision.person : 'consensus',
    rationale, outcome,
  };
}
