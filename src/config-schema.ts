// The shape of .github/maestro.yml: keys, bounds and what is said when a value is wrong. Knows no YAML and no lines.
// The only file that loads zod, which is slow to load: nothing on the path of a hook or of `maestro status` may import it.
import { z } from 'zod';
import { ROLES } from './consensus/ballot.ts';
import { patternProblem } from './merge/pattern.ts';
import { PRIORITIES } from './merge/policy.ts';
import type { Promotion } from './merge/policy.ts';

export const CONFIG_VERSION = 1;
const ENTRIES_MAX = 200;
const VOTERS_MAX = 12;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const KB = 1024;
const UNIT_MS = new Map([['ms', 1], ['s', 1000], ['m', MINUTE_MS], ['h', HOUR_MS], ['d', DAY_MS]]);
const UNIT_BYTES = new Map([['KB', KB], ['MB', KB ** 2], ['GB', KB ** 3]]);
const DURATION = /^([0-9]{1,9})(ms|s|m|h|d)$/;
const SIZE = /^([0-9]{1,9})(KB|MB|GB)$/;
const PROMOTE = /^(?:on-ready|when-idle|manual|every [0-9]{1,6}(?:s|m|h|d)|daily (?:[01][0-9]|2[0-3]):[0-5][0-9])$/;

const pattern = z.string().min(1).max(200).superRefine((text, context) => {
  const problem = patternProblem(text);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

const promote = z.string().regex(PROMOTE, 'write on-ready, when-idle, manual, `every 6h` or `daily 02:00` (UTC)').transform((text, context): Promotion => {
  const promotion = promotionOf(text);
  if (promotion !== null) return promotion;
  context.addIssue({ code: 'custom', message: 'the period must lie between 1m and 30d' });
  return z.NEVER;
});

const route = z.strictObject({
  branch: pattern.describe('Branches this route is for, e.g. feature/{team}-*. `*` stays within a segment, `**` crosses, {name} captures within a segment.'),
  into: pattern.describe('The target they enter, e.g. team/{team}. May use the captures of `branch`.'),
  promote: promote.optional().describe('When `branch` is itself a target: on-ready | when-idle | manual | every 6h | daily 02:00 (UTC). Default manual.'),
  priority: z.enum(PRIORITIES).optional().describe('Default normal.'),
  'back-into': z.array(pattern).max(ENTRIES_MAX).nullish().describe('Targets that also receive what this route landed, e.g. hotfixes merged back down.'),
});

const COMMAND_ADVICE = 'write a command on one line; leave the key out where nothing is to be run';
const command = z.string().max(4000).regex(/^[^\n\r\0]*\S[^\n\r\0]*\n?$/, COMMAND_ADVICE).transform((text) => text.replace(/\n$/, ''));
const variable = z.string().max(100).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'write the name of an environment variable');

const gate = z.strictObject({
  run: command.describe('A command for `sh -c`, run at the root of exactly the tree that would land.'),
  scope: z.enum(['each', 'chain']).optional().describe('each: every candidate is gated. chain: the last of a chain is, and a red one is bisected. Default each.'),
  timeout: duration(1000, DAY_MS, '1s', '1d').optional().describe('Default 15m.'),
  output: size(KB, KB ** 3, '1KB', '1GB').optional().describe('Output the gate may write. Default 10MB.'),
  disk: size(KB ** 2, KB ** 4, '1MB', '1024GB').optional().describe('Disk the gate may fill. Default 2GB.'),
  network: z.boolean().optional().describe('Default false.'),
  env: z.array(variable).max(ENTRIES_MAX).nullish().describe('Environment variables handed on; all others are withheld. Default PATH, LANG, TZ, TERM.'),
});

const checks = z.strictObject({
  checks: z.union([z.literal('required'), z.array(z.string().min(1).max(200)).min(1).max(ENTRIES_MAX)]).describe('required: the checks that the forge\'s rules require of the target. Or a list of names.'),
  scope: z.enum(['each', 'chain']).optional().describe('Default each.'),
  timeout: duration(1000, DAY_MS, '1s', '1d').optional().describe('A check that has not ended by then is named. Default 1h.'),
});

const file = z.string().min(1).max(200).superRefine((text, context) => {
  const problem = text.startsWith('/') ? 'write the path from the root of the repository, without a slash before it' : patternProblem(text);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

const generated = z.strictObject({
  paths: z.array(file).min(1).max(ENTRIES_MAX).describe('Files, e.g. package-lock.json, or patterns of them: `*` stays within a folder, `**` crosses.'),
  run: command.describe('Makes them anew, e.g. npm install --package-lock-only --ignore-scripts. Run like a gate, on a tree in which everything else is settled.'),
  timeout: duration(1000, DAY_MS, '1s', '1d').optional().describe('Default 15m.'),
  network: z.boolean().optional().describe('Whether the command may reach the outside. Default false.'),
  env: z.array(variable).max(ENTRIES_MAX).nullish().describe('As for a gate.'),
});

const target = z.strictObject({
  target: pattern.describe('A target or a pattern of targets.'),
  gate: z.union([command, gate, checks]).nullish().describe('The check a merge must pass; a command, a map with limits, or the forge\'s own checks. None: nothing is checked, and the certificate says so.'),
  generated: z.array(generated).max(ENTRIES_MAX).nullish().describe('Files that a command makes of others, such as lock files: in conflict they are made anew instead of being merged. Only behind a gate.'),
  diff3: z.enum(['auto', 'offer', 'off']).optional().describe('What a diff3 merge may do where git itself sees a conflict: land behind a gate, be offered to a person, nothing. Default auto.'),
});

const limits = z.strictObject({
  chain: count(1, 256).optional().describe('Merges built ahead of a target. Default 32.'),
  gates: count(1, 64).optional().describe('Gates run at once for one target. Default 1.'),
  sweep: duration(200, HOUR_MS, '200ms', '1h').optional().describe('How often the remote is looked at without being rung. Default 30s.'),
  ageing: duration(1000, 7 * DAY_MS, '1s', '7d').optional().describe('Waiting this long raises a request one priority. Default 10m.'),
  'dependency-wait': duration(1000, 30 * DAY_MS, '1s', '30d').optional().describe('How long to wait, while a coordinator runs, for a dependency nobody has pushed. Default 24h.'),
  'tree-entries': count(1, 5_000_000).optional().describe('Larger trees are refused. Default 200000.'),
  'tree-depth': count(1, 4096).optional().describe('Deeper trees are refused. Default 256.'),
});

const hooks = z.strictObject({
  conflict: z.enum(['warn', 'refuse']).optional().describe('A marked push that is predicted to conflict. Default warn.'),
  'direct-push': z.enum(['refuse', 'warn', 'allow']).optional().describe('A push to a target past Maestro. Default refuse.'),
  radar: z.enum(['off', 'warn']).optional().describe('An unmarked push that collides with a live branch, as a running coordinator sees it. Default off.'),
});

const owner = z.string().max(200).regex(/^@[A-Za-z0-9][A-Za-z0-9_-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/, 'write @login or @organisation/team');

const github = z.strictObject({
  owners: z.array(owner).max(ENTRIES_MAX).nullish().describe('Asked about a conflict where CODEOWNERS names nobody for its files.'),
  refactor: z.enum(['comment', 'issue']).optional().describe('Where the losing side of a decision finds its task. Default comment.'),
});

const NAME_ADVICE = 'write up to 40 letters, digits, blanks, . and -, starting with a letter';
const personName = z.string().regex(/^\p{L}[\p{L}\p{N} .-]{0,39}$/u, NAME_ADVICE);
const roleName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'write a short name of a-z, 0-9 and -');
const model = z.string().regex(/^[A-Za-z0-9][\w.:/@-]{0,119}$/, 'write the model as its provider names it');
const url = z.string().max(300).superRefine((text, context) => {
  const parsed = URL.parse(text);
  const good = parsed !== null && ['http:', 'https:'].includes(parsed.protocol) && parsed.username === '' && parsed.password === '' && parsed.search === '' && parsed.hash === '';
  if (!good) context.addIssue({ code: 'custom', message: 'write an http or https address without credentials, query and fragment' });
});
// A blank within a word could not be told from two words where the machine's owner allows the command.
const word = z.string().regex(/^[^\s\p{Cc}]{1,400}$/u, 'write the words of the command one by one, without blanks in them');

const voter = z.strictObject({
  name: roleName.refine((name) => !ROLES.some((role) => role === name), 'a built-in voter has this name').describe('What its ballots are filed under.'),
  kind: z.enum(['anthropic', 'openai', 'command']).describe('openai: any server that speaks OpenAI\'s chat shape.'),
  model: model.optional().describe('For anthropic and openai.'),
  url: url.optional().describe('For anthropic and openai: another address than the provider\'s own. The owner of the machine has to allow it: MAESTRO_VOTERS="http://127.0.0.1:11434/v1", with the name of its key behind it in brackets.'),
  command: z.array(word).min(1).max(40).optional().describe('For command: reads the question on stdin, prints one JSON object. It runs on the machine of Maestro, whose owner has to allow exactly it: MAESTRO_VOTERS="claude -p (ANTHROPIC_API_KEY)".'),
}).superRefine((rule, context) => {
  const say = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
  if (rule.kind === 'command' && rule.command === undefined) say('command', 'name the command');
  if (rule.kind !== 'command' && rule.model === undefined) say('model', 'name the model');
  if (rule.kind !== 'command' && rule.command !== undefined) say('command', 'only for `kind: command`');
  if (rule.kind === 'command' && rule.url !== undefined) say('url', 'not for `kind: command`');
  if (rule.kind === 'command' && rule.model !== undefined) say('model', 'not for `kind: command`: the command knows its own');
});

const voters = z.array(voter).max(VOTERS_MAX).superRefine((rules, context) => {
  const twice = rules.findIndex((rule, at) => rules.findIndex((other) => other.name === rule.name) < at);
  if (twice >= 0) context.addIssue({ code: 'custom', path: [twice, 'name'], message: 'another voter has this name' });
});

const consensusBudget = z.strictObject({
  'calls-per-day': count(0, 1_000_000).optional().describe('Default 500.'),
  'tokens-per-day': count(0, 1_000_000_000).optional().describe('Default 2000000.'),
});

const consensus = z.strictObject({
  threshold: share(0.5, 1).optional().describe('Confidence from which an option is taken without a person. Default 0.85.'),
  margin: share(0, 1).optional().describe('How far the best option has to be ahead of the next. Default 0.2.'),
  quorum: count(1, VOTERS_MAX).optional().describe('Ballots a round needs. Default 3.'),
  rounds: z.literal([1, 2, 3]).optional().describe('Default 3.'),
  voters: z.union([voters, z.literal('auto')]).nullish().describe('Minds besides the built-in ones. Only with one here do hunks of code leave the machine, never whole files. auto: one for each of ANTHROPIC_API_KEY and OPENAI_API_KEY in Maestro\'s environment. Default none.'),
  names: z.record(roleName, personName).nullish().describe('What voters and built-in roles are called where people read of them.'),
  land: z.enum(['auto', 'ask']).optional().describe('ask: what was agreed on is offered to a person. Default auto.'),
  share: z.enum(['hunks', 'none']).optional().describe('none: nothing leaves, no voter of the list is asked. Default hunks.'),
  timeout: duration(1000, HOUR_MS, '1s', '1h').optional().describe('How long a round may take. Default 2m.'),
  budget: consensusBudget.nullish().describe('What voters may cost a day (UTC); beyond it a person is asked.'),
});

export const configSchema = z.strictObject({
  version: z.literal(CONFIG_VERSION).optional(),
  marker: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{2,63}$/, 'write one word of 3 to 64 letters, digits, _ and -, starting with a letter').optional().describe('The word that says a branch is ready. Default READY_TO_MERGE.'),
  hierarchy: z.array(route).max(ENTRIES_MAX).nullish().describe('Which branches enter which; the first match wins. None: every marked branch enters the default branch.'),
  targets: z.array(target).max(ENTRIES_MAX).nullish().describe('Rules for targets; the first match wins.'),
  limits: limits.nullish(),
  hooks: hooks.nullish(),
  consensus: consensus.nullish().describe('How conflicts settle themselves.'),
  github: github.nullish().describe('Only where Maestro runs as a GitHub App.'),
});

export type ConfigFile = z.output<typeof configSchema>;

/** Known keys by path, list positions as `*`; for the nearest known one. */
export const KNOWN_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['', Object.keys(configSchema.shape)],
  ['hierarchy.*', Object.keys(route.shape)],
  ['targets.*', Object.keys(target.shape)],
  ['targets.*.generated.*', Object.keys(generated.shape)],
  ['targets.*.gate', [...Object.keys(gate.shape), 'checks']],
  ['limits', Object.keys(limits.shape)],
  ['hooks', Object.keys(hooks.shape)],
  ['consensus', Object.keys(consensus.shape)],
  ['consensus.voters.*', Object.keys(voter.shape)],
  ['consensus.budget', Object.keys(consensusBudget.shape)],
  ['github', Object.keys(github.shape)],
]);

/** The text of schema/maestro.schema.json. */
export function jsonSchemaText(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  return `${JSON.stringify({ ...schema, title: '.github/maestro.yml' }, null, 2)}\n`;
}

function promotionOf(text: string): Promotion | null {
  if (text === 'on-ready' || text === 'when-idle' || text === 'manual') return { when: text };
  const [word, rest = ''] = text.split(' ');
  if (word === 'every') {
    const periodMs = unitsOf(DURATION, UNIT_MS, rest);
    return periodMs >= MINUTE_MS && periodMs <= 30 * DAY_MS ? { when: 'every', periodMs } : null;
  }
  const [hour, minute] = rest.split(':').map(Number);
  return { when: 'daily', minuteOfDay: (hour ?? 0) * 60 + (minute ?? 0) };
}

function duration(minMs: number, maxMs: number, minText: string, maxText: string) {
  return quantity(DURATION, UNIT_MS, minMs, maxMs, `write a duration such as 30s, 10m or 6h, between ${minText} and ${maxText}`);
}

function size(minBytes: number, maxBytes: number, minText: string, maxText: string) {
  return quantity(SIZE, UNIT_BYTES, minBytes, maxBytes, `write a size such as 10MB, between ${minText} and ${maxText}`);
}

function quantity(form: RegExp, units: ReadonlyMap<string, number>, min: number, max: number, advice: string) {
  return z.string(advice).regex(form, advice).transform((text, context) => {
    const value = unitsOf(form, units, text);
    if (value >= min && value <= max) return value;
    context.addIssue({ code: 'custom', message: advice });
    return z.NEVER;
  });
}

/** NaN when the text has not this form. */
function unitsOf(form: RegExp, units: ReadonlyMap<string, number>, text: string): number {
  const [, digits = '', unit = ''] = form.exec(text) ?? [];
  return digits === '' ? Number.NaN : Number(digits) * (units.get(unit) ?? Number.NaN);
}

function count(min: number, max: number) {
  const advice = `write a whole number between ${min} and ${max}`;
  return z.int(advice).min(min, advice).max(max, advice);
}

function share(min: number, max: number) {
  const advice = `write a number between ${min} and ${max}, such as 0.85`;
  return z.number(advice).min(min, advice).max(max, advice);
}
