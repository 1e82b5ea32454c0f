// Who is related: minds of one family err together and share one weight. Told by what runs, not by what the config calls it.
import type { VoterRule } from '../../merge/policy.ts';

const MAKERS: readonly (readonly [string, RegExp])[] = [
  ['anthropic', /claude|anthropic/],
  ['openai', /gpt|codex|openai|\bo\d\b/],
  ['google', /gemini|gemma/],
  ['meta', /llama/],
  ['alibaba', /qwen|qwq/],
  ['mistral', /mistral|mixtral|codestral|devstral/],
  ['deepseek', /deepseek/],
  ['xai', /grok/],
];

export function familyOf(rule: VoterRule): string {
  // A command that is told its model is of that model's family, whoever wrote the command.
  const words = (rule.kind === 'command' ? rule.command.toReversed() : [rule.model]).map((word) => word.toLowerCase());
  for (const word of words) {
    const maker = MAKERS.find(([, pattern]) => pattern.test(word.slice(word.lastIndexOf('/') + 1)));
    if (maker !== undefined) return maker[0];
  }
  // A maker serves what it made; the same API elsewhere says nothing of who made what runs there.
  return rule.kind !== 'command' && rule.url === null ? rule.kind : 'unknown';
}
