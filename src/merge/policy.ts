// What a repository asked for, as plain data. Read from `.github/maestro.yml` by config.ts; this file knows no YAML.

/** Priorities from most to least urgent; waiting raises a request one level per `limits.ageStepMs`. */
export const PRIORITIES = ['hotfix', 'high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** When a target itself becomes a merge request into the next target. `minuteOfDay` is UTC, 0 to 1439. */
export type Promotion =
  | { readonly when: 'on-ready' }
  | { readonly when: 'when-idle' }
  | { readonly when: 'manual' }
  | { readonly when: 'every'; readonly periodMs: number }
  | { readonly when: 'daily'; readonly minuteOfDay: number };

/** Branches matching `branch` enter `into`. Patterns: `*` within a segment, `**` across, `{name}` captures within a segment. */
export type Route = {
  readonly branch: string;
  readonly into: string;
  readonly promote: Promotion;
  readonly priority: Priority;
  /** Patterns of targets that also receive what this route landed (hotfixes merged back down). */
  readonly backInto: readonly string[];
};

export type GateRule = {
  /** One line for `sh -c`, run at the root of exactly the candidate tree; for `checks` what a person calls them. */
  readonly run: string;
  /** Checks of the forge instead of a command: those its rules require, or these. Null: the command. */
  readonly checks: 'required' | readonly string[] | null;
  /** `each`: every candidate of a chain is gated. `chain`: the last one is, and a red one is found by bisection. */
  readonly scope: 'each' | 'chain';
  readonly timeoutMs: number;
  readonly outputBytesMax: number;
  readonly diskBytesMax: number;
  readonly network: boolean;
  /** Names of environment variables handed on; everything else is withheld. */
  readonly env: readonly string[];
};

export type TargetRule = {
  readonly target: string;
  readonly gate: GateRule | null;
  /** What a diff3 merge that git itself refuses may do: land by itself (only behind a gate), be offered as [C], or nothing. */
  readonly diff3: 'auto' | 'offer' | 'off';
  /** Files that a command makes of others; absent where none are declared. The first match wins. */
  readonly generated?: readonly GeneratedRule[];
};

/** `paths`: patterns. `make`: the command and its limits, run like a gate on a tree in which everything else is settled. */
export type GeneratedRule = { readonly paths: readonly string[]; readonly make: GateRule };

export type Limits = {
  /** Candidates built ahead of the target in one lane. */
  readonly chainMax: number;
  /** Gates run at once in one lane. */
  readonly gatesMax: number;
  readonly sweepMs: number;
  readonly ageStepMs: number;
  /** How long a request waits for a dependency nobody has pushed. */
  readonly dependencyWaitMs: number;
  /** Trees with more entries are refused before anything walks them. */
  readonly treeEntriesMax: number;
  readonly treeDepthMax: number;
};

/** A mind besides those that are built in. Naming one here is not enough: what it needs of the machine, the machine's owner allows. */
export type VoterRule =
  | { readonly kind: 'anthropic' | 'openai'; readonly name: string; readonly model: string; /** Null: the provider's own. */ readonly url: string | null }
  | { readonly kind: 'command'; readonly name: string; readonly command: readonly [string, ...string[]] };

export type ConsensusPolicy = {
  /** Confidence from which an option is taken without a person, 0 to 1. */
  readonly threshold: number;
  /** Ballots a round needs to count. */
  readonly quorum: number;
  readonly roundsMax: 1 | 2 | 3;
  /** How far the best option has to be ahead of the next, 0 to 1. */
  readonly margin: number;
  /** `auto`: one for each known key in Maestro's environment. */
  readonly voters: 'auto' | readonly VoterRule[];
  /** What voters and built-in roles are called where people read of them. */
  readonly names: Readonly<Record<string, string>>;
  /** `ask`: what was agreed on is offered to a person, never landed by itself. */
  readonly land: 'auto' | 'ask';
  /** `none`: no voter above is asked, for none may see code. */
  readonly share: 'hunks' | 'none';
  /** How long a voter, and a round, may take. */
  readonly timeoutMs: number;
  readonly budget: { readonly callsPerDay: number; readonly tokensPerDay: number };
};

export type Policy = {
  readonly marker: string;
  /** First match wins. Empty: every marked branch enters the default branch. */
  readonly routes: readonly Route[];
  /** First match wins. */
  readonly targets: readonly TargetRule[];
  readonly limits: Limits;
  readonly hooks: { readonly conflict: 'warn' | 'refuse'; readonly directPush: 'refuse' | 'warn' | 'allow'; /** Of pushes that are not marked. */ readonly radar: 'off' | 'warn' };
  /** `owners`: asked where CODEOWNERS names nobody, as it would write them. `refactor`: where the losing side finds its task. */
  readonly github: { readonly owners: readonly string[]; readonly refactor: 'comment' | 'issue' };
  readonly consensus: ConsensusPolicy;
};

export const DEFAULT_POLICY: Policy = {
  marker: 'READY_TO_MERGE',
  routes: [],
  targets: [],
  limits: {
    chainMax: 32,
    gatesMax: 1,
    sweepMs: 30_000,
    ageStepMs: 10 * 60_000,
    dependencyWaitMs: 24 * 3_600_000,
    treeEntriesMax: 200_000,
    treeDepthMax: 256,
  },
  hooks: { conflict: 'warn', directPush: 'refuse', radar: 'off' },
  github: { owners: [], refactor: 'comment' },
  consensus: {
    threshold: 0.85,
    quorum: 3,
    roundsMax: 3,
    margin: 0.2,
    voters: [],
    names: {},
    land: 'auto',
    share: 'hunks',
    timeoutMs: 2 * 60_000,
    budget: { callsPerDay: 500, tokensPerDay: 2_000_000 },
  },
};

export const DEFAULT_GATE: Omit<GateRule, 'run'> = {
  checks: null,
  scope: 'each',
  timeoutMs: 15 * 60_000,
  outputBytesMax: 10 * 1024 * 1024,
  diskBytesMax: 2 * 1024 * 1024 * 1024,
  network: false,
  env: ['PATH', 'LANG', 'TZ', 'TERM'],
};
