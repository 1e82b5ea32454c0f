// What a verb of the command line is: words for its help and one function. Parsing, failing and exit codes are done for it.
import type { Terminal } from './terminal.ts';

/** `args` and `flags` in commander's notation: `<id>`, `[answer]`, `--for <name>`. */
export type Verb = {
  readonly args: readonly (readonly [notation: string, what: string])[];
  readonly flags: readonly (readonly [notation: string, what: string])[];
  /** Shown under the options: what the exit codes mean here, an example. */
  readonly notes: string;
  /** Returns the exit code; throws MaestroError. */
  readonly run: (call: Call) => Promise<number>;
};

export type Call = {
  /** Null when it was left out. */
  readonly arg: (at: number) => string | null;
  readonly has: (flag: string) => boolean;
  readonly value: (flag: string) => string | null;
  /** A path or a URL; `.` when not given. */
  readonly repo: string;
  readonly state: string | null;
  /** One JSON document on stdout, nothing for people. */
  readonly json: boolean;
  readonly terminal: Terminal;
};

/** `options`: by flag, `--dry-run` as `dryRun`; a value is a text, a flag alone is true. */
export function callOf(args: readonly string[], options: Readonly<Record<string, unknown>>, terminal: Terminal): Call {
  const value = (flag: string): string | null => {
    const given = options[flag];
    return typeof given === 'string' ? given : null;
  };
  return { arg: (at) => args[at] ?? null, has: (flag) => options[flag] === true, value, repo: value('repo') ?? '.', state: value('state'), json: options['json'] === true, terminal };
}

export function printJson(call: Call, value: unknown): void {
  call.terminal.out(JSON.stringify(value));
}
