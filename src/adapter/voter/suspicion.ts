// Does a text of a branch talk to its readers' models? It only ever raises suspicion: that nothing is found clears nobody.
import type { VoterQuestion } from '../../port/voter.ts';

/** What was noticed, in words of ours; null: nothing was. */
export function suspicionIn(question: VoterQuestion): string | null {
  const texts = [
    question.path, question.intents.left, question.intents.right,
    ...question.hunks.flatMap((hunk) => [hunk.context, hunk.base, hunk.left, hunk.right]),
    ...question.options.flatMap((option) => [option.text, ...option.facts]), ...question.evidence,
  ];
  for (const text of texts) {
    // As a model reads it: letters of one look are one, and what nobody sees keeps no word apart.
    const plain = text.normalize('NFKC').replaceAll(INVISIBLE, '');
    const noticed = SIGNS.find(([, sign]) => sign.test(text) || sign.test(plain));
    if (noticed !== undefined) return noticed[0];
  }
  return null;
}

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

// Signs that no honest text needs, or phrases that only a model is spoken to with. Repetitions are bounded.
const SIGNS: readonly (readonly [string, RegExp])[] = [
  ['text hidden in invisible signs', /[\u{e0020}-\u{e007f}]{4}|[\u{e0100}-\u{e01ef}]{4}|(?:[^\s\u200b]\u200b){4}/u],
  ['a word with invisible signs in it', /[a-z](?!\u00ad)\p{Default_Ignorable_Code_Point}[a-z]/iu],
  ['text that is turned around, or line ends that no editor shows', /[\u2028\u2029\u202d\u202e\u2066-\u2068]/],
  // oxlint-disable-next-line no-control-regex -- exactly those
  ['signs that steer a terminal', /[\u0008\u001b]/],
  ['an order to forget the rules', /(?<![a-z])(?:ignore|disregard|forget|override)[\s_]{1,4}(?:[a-z]{1,12}[\s_]{1,4}){0,3}(?:instructions?|rules|prompts?)(?![a-z])/i],
  ['the marks of a model\'s turns', /<\|(?:im_start|im_end|system|assistant|user)\|?>|\[\/?INST\]|<\/?(?:function_results|system_prompt)>/],
  ['a turn that pretends to be a model\'s', /^\W{0,6}(?:system|assistant|human)\s?:\s{1,3}\w{1,20}\s\w{1,20}\s\w/im],
  ['an address to a model', /\b(?:dear|attention|note to|message for)[\s,]{1,3}(?:the\s)?(?:ai|model|llm|assistant|reviewer model)\b|@ai-reviewer|\byou are now (?:in|an?|the)\b/i],
  ['a vote', /(?<![a-z])vote[\s_:]{1,3}(?:for[\s_:]{1,3})?(?:left|right|option|o\d)(?![a-z])/i],
  ['a ballot', /"probabilities"\s{0,4}:\s{0,4}[[{]/],
];
