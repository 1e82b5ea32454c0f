// A remote's refusal of a landing in its own words, and the setting that would let it through. Knows GitHub's words; any other remote's are shown as they are.

export type Refusal = {
  /** It would meet every request of the lane alike: the lane stops instead of rejecting them one by one. */
  readonly meetsAll: boolean;
  /** One sentence: what to change, and where. */
  readonly next: string;
};

type Known = { readonly words: RegExp; readonly refusal: Refusal };

const BY_RULESET = 'Add the App to the bypass list of the ruleset, mode Always: Settings > Rules > Rulesets.';

/** The first that fits. */
const KNOWN: readonly Known[] = [
  // Of one branch only: the others change no workflow.
  { words: /without `?workflows?`? (?:scope|permission)/i, refusal: { meetsAll: false, next: 'Give the App the permission Workflows (read and write) and accept it in the installation, or land this branch by hand.' } },
  { words: /merge queue/i, refusal: { meetsAll: true, next: 'The target has GitHub\'s own merge queue, past which nothing is pushed. Run Maestro as the GitHub App (npm start), which puts the branches into it, or take it off the target: Settings > Rules > Rulesets.' } },
  { words: /GH013|repository rule violations/i, refusal: { meetsAll: true, next: BY_RULESET } },
  { words: /GH006|protected branch/i, refusal: { meetsAll: true, next: 'Let the App push, and bypass required pull requests: Settings > Branches, the rule of the target.' } },
  { words: /permission|not allowed|denied|read-only|forbidden|GH0\d\d|unauthori[sz]ed|quota|checked out/i, refusal: { meetsAll: true, next: 'Let Maestro\'s account push to the target and to refs/maestro/.' } },
];

export function refusalOf(detail: string): Refusal {
  return KNOWN.find(({ words }) => words.test(detail))?.refusal ?? { meetsAll: false, next: 'Let Maestro\'s account push to the target (branch protection, hooks), then `maestro retry`.' };
}
