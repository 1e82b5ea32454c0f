// In which company a file is gated: no gate can run on one file of several that are in conflict, so the others hold their likeliest text.
import { isOpen, type Case } from '../consensus/option.ts';
import type { Heard } from './deliberation.ts';

/** Below this chance that all of them are right, a red gate would say more of the company than of the file. */
const COMPANY_CHANCE_MIN = 0.25;

/**
 * The other files' texts around the one at `heard.length`, by their place; empty where there are none. Null: not worth a gate,
 * because they are too doubtful, or because a person is asked anyhow about one that was heard.
 */
export function companyOf(subjects: readonly Case[], heard: readonly Heard[]): ReadonlyMap<number, string> | null {
  const texts = new Map<number, string>();
  let chance = 1;
  for (const [at, subject] of subjects.entries()) {
    if (at === heard.length) continue;
    const member = memberOf(subject, heard[at]);
    if (member === null) return null;
    texts.set(at, member.text);
    chance *= member.chance;
  }
  return chance < COMPANY_CHANCE_MIN ? null : texts;
}

function memberOf(subject: Case, heard: Heard | undefined): { readonly text: string; readonly chance: number } | null {
  if (heard !== undefined) return heard.option === null ? null : { text: heard.option.text, chance: heard.thought.confidence };
  const likeliest = subject.options.find(isOpen);
  return likeliest === undefined ? null : { text: likeliest.text, chance: likeliest.probability };
}
