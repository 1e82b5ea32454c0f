// What has been found out about options, as sentences that name no voter. A further round runs only when one of them is new.
import type { Case, Option } from './option.ts';
import { linesOf } from './role/sides.ts';
import { plainText } from './text.ts';

export const EVIDENCE_MAX = 32;
const EVIDENCE_CHARS_MAX = 300;

/** From options alone, so that nothing of a ballot or of the tally can be in it. */
export function evidenceOf(subject: Case): readonly string[] {
  return subject.options.flatMap(sentencesOf).map((sentence) => plainText(sentence, EVIDENCE_CHARS_MAX));
}

/** Asks voters of every option to say why its drops are right; sent when only that keeps a person in the loop. */
export function dropEvidence(options: readonly Option[]): readonly string[] {
  const dropping = options.filter((option) => option.ledger.dropped.length > 0);
  return dropping.map((option) => plainText(`${option.id} drops ${linesOf(option.ledger.dropped)}: name the reason, or prefer another`, EVIDENCE_CHARS_MAX));
}

export function freshEvidence(now: readonly string[], before: readonly string[]): readonly string[] {
  const known = new Set(before);
  return now.filter((sentence) => !known.has(sentence)).slice(0, EVIDENCE_MAX);
}

function sentencesOf(option: Option): readonly string[] {
  const gate = option.gate === 'passed' ? [`${option.id} passes the gate`] : option.gate === 'failed' ? [`${option.id} fails the gate`] : [];
  return [`${option.id} is an option (${option.rung})`, ...gate, ...option.objections.map((objection) => `${option.id}: ${objection.text}`)];
}
