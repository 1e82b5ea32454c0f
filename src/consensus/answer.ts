// Reads a person's answer: `A`, `b`, `ABB`. Knows only how many conflicts there are and which letters were offered.

export type Letter = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

export type Answer =
  | { readonly kind: 'choices'; readonly choices: readonly Letter[] }
  | { readonly kind: 'unclear'; readonly why: string };

/** One letter answers every conflict; several letters answer them in order. */
export function parseAnswer(text: string, conflictCount: number, offered: readonly Letter[]): Answer {
  const letters = text.trim().toUpperCase().split('');
  if (letters.length === 0) return { kind: 'unclear', why: `answer with ${offered.join(' or ')}` };
  const choices: Letter[] = [];
  for (const letter of letters) {
    const choice = offered.find((one) => one === letter);
    if (choice === undefined) return { kind: 'unclear', why: `"${letter}" is not offered; answer with ${offered.join(' or ')}` };
    choices.push(choice);
  }
  const [only] = choices;
  if (choices.length === 1 && only !== undefined) return { kind: 'choices', choices: Array.from({ length: conflictCount }, () => only) };
  if (choices.length !== conflictCount) return { kind: 'unclear', why: conflictCount === 1 ? 'there is one conflict; answer with one letter' : `there are ${conflictCount} conflicts; answer with one letter for all or ${conflictCount} letters` };
  return { kind: 'choices', choices };
}
