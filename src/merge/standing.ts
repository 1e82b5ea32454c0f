// What the words before a marker make of it: a statement, its denial, or talk about the marker. English, and no more than it needs.

/** `mentioned` also where one cannot tell: "drag and drop READY_TO_MERGE" may be a title or a request to drop the marker. */
export type Standing = 'stated' | 'denied' | 'mentioned';

/** `before` is what stands between the start of the line and the marker. Reads its last words only. */
export function standingOf(before: string): Standing {
  const words = wordsAtEnd(before);
  const last = words.at(-1) ?? '';
  if (TALKING.has(last) || LINKING.has(last) || (ARTICLES.has(last) && TALKING.has(words.at(-2) ?? ''))) return 'mentioned';
  const decisive = decisiveIn(words);
  if (isDenial(decisive)) return 'denied';
  return DOUBTFUL.has(decisive) ? 'mentioned' : 'stated';
}

/** Whether a line denies the marker on the next one. Only a clear denial reaches that far: "Breaking changes: no" denies nothing there. */
export function deniesBelow(line: string): boolean {
  return isDenial(decisiveIn(wordsAtEnd(line)));
}

// "Rename the marker to READY_TO_MERGE", "Document the READY_TO_MERGE".
const LINKING = new Set(['to', 'for', 'of', 'about', 'with']);
const TALKING = new Set(['document', 'explain', 'mention', 'describe', 'quote', 'rename', 'replace']);
const ARTICLES = new Set(['a', 'an', 'the']);
const DENYING = new Set([
  'not', 'never', 'cannot', 'isnt', 'arent', 'wasnt', 'dont', 'doesnt', 'wont', 'cant', 'aint', 'nothing', 'nor', 'hardly', 'barely',
  'almost', 'nearly', 'wip', 'unmark',
]);
const DOUBTFUL = new Set([
  'no', 'non', 'longer', 'soon', 'without', 'until', 'before', 'unless', 'if', 'when', 'remove', 'removes', 'removed', 'removing',
  'drop', 'drops', 'dropped', 'dropping', 'ignore', 'ignoring', 'undo', 'revert', 'stop',
]);
// Words that may stand between a denial and the marker: "not yet", "do not mark this branch as", "this is not, I repeat,".
const FILLING = new Set([
  'yet', 'quite', 'fully', 'really', 'entirely', 'actually', 'currently', 'still', 'be', 'is', 'it', "it's", 'as', 'a', 'an', 'the', 'this', 'that', 'here',
  'branch', 'mark', 'marked', 'marking', 'treat', 'treated', 'treating', 'consider', 'considered', 'count', 'call', 'ready', 'i', 'repeat',
]);

/** The last word that is no filler: a "don't" further away denies something else. */
function decisiveIn(words: readonly string[]): string {
  return words.findLast((word) => !FILLING.has(word)) ?? '';
}

function isDenial(word: string): boolean {
  return DENYING.has(word) || word.endsWith("n't");
}

const TAIL_CHARS = 80;

/** Of the sentence that is still open: "Decide when. READY_TO_MERGE" says two things. */
function wordsAtEnd(text: string): readonly string[] {
  const sentence = text.slice(-TAIL_CHARS).toLowerCase().replaceAll('\u2019', "'").split(/[.;!?]/).at(-1) ?? '';
  return sentence.split(/[^a-z']/).filter((word) => word !== '');
}
