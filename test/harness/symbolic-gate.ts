// The verdict on a tree follows from its words: what a real gate would find out by running. Pure.
import type { GateRule } from '../../src/merge/policy.ts';
import type { Oid } from '../../src/merge/branch.ts';
import type { Verdict } from '../../src/merge/request.ts';
import type { Files } from './history.ts';

/** Red: a word `bad...`; `left:k` and `right:k` together; `lone...` beside both words of an answered conflict; for a gate named `strict...` also a word `soft...`. Never ends: `slow...`. */
export function judge(files: Files, tree: Oid, rule: GateRule): Verdict {
  const red = redWord(new Set(files.values()), rule.run.startsWith('strict'));
  if (red === null) return { kind: 'passed', tree, gate: rule.run, ms: 1, log: null };
  const cause = red.startsWith('slow') ? 'timeout' : 'exit';
  const word = red.replace('left:', 'right:');
  const paths = [...files].filter(([, one]) => one === red || one === word).map(([path]) => path);
  return { kind: 'failed', tree, gate: rule.run, ms: 1, log: null, cause, exitCode: cause === 'exit' ? 1 : null, tail: `red: ${red} in ${paths.join(' with ')}` };
}

export function isGreen(files: Files, rule: GateRule): boolean {
  return redWord(new Set(files.values()), rule.run.startsWith('strict')) === null;
}

function redWord(words: ReadonlySet<string>, strict: boolean): string | null {
  for (const word of words) {
    if (word.startsWith('bad') || word.startsWith('slow') || (strict && word.startsWith('soft'))) return word;
    if (word.startsWith('lone') && [...words].some((other) => other.includes('+'))) return word;
    if (word.startsWith('left:') && words.has(`right:${word.slice('left:'.length)}`)) return word;
  }
  return null;
}
