// The commented .github/maestro.yml that `maestro init` writes. Always reads back as what was proposed; loads neither zod nor yaml.
import { DEFAULT_POLICY, type Priority } from './merge/policy.ts';

export type Proposal = {
  readonly marker?: string;
  readonly hierarchy: readonly { readonly branch: string; readonly into: string; readonly priority?: Priority; readonly backInto?: readonly string[] }[];
  /** A command on one line, for every target; null: no gate. */
  readonly gate: string | null;
  /** The gate may reach the network. */
  readonly network?: boolean;
  /** Shown as a comment where there is no gate: what somebody could write there. */
  readonly example?: { readonly target: string; readonly gate: string; readonly network: boolean };
};

export function commentedConfig(proposal: Proposal): string {
  return `# What Maestro does in this repository. Read from the tip of the target branch, never from the branch that wants in.
version: 1

# An agent says it is done with this word: on a line of its own in the last commit's message, or at the end of its subject.
marker: ${quoted(proposal.marker ?? DEFAULT_POLICY.marker)}

# Which branches enter which; the first match wins. \`*\` stays within a segment, \`**\` crosses slashes, {name} captures.
# Without this list every marked branch enters the default branch. More for an entry:
#   promote: manual            # when the branch is itself a target: on-ready | when-idle | manual | every 6h | daily 02:00 (UTC)
#   priority: normal           # hotfix | high | normal | low
#   back-into: [team/*]        # targets that also receive what landed this way
${hierarchyText(proposal)}
# What a merge must pass before it lands, run on exactly the files that would land. A command, or a map:
#   gate: { run: npm test, scope: each, timeout: 15m, output: 10MB, disk: 2GB, network: false, env: [PATH] }
#   generated: [{ paths: [package-lock.json], run: npm install --package-lock-only --ignore-scripts, network: true }]   # made anew in conflict
#   diff3: auto                # where git sees a conflict and diff3 does not: auto (land behind a gate) | offer | off
${targetsText(proposal)}
# limits: { chain: 32, gates: 1, sweep: 30s, ageing: 10m, dependency-wait: 24h, tree-entries: 200000, tree-depth: 256 }
# How conflicts settle themselves. The built-in voters need nothing. Others see the hunks of a conflict, never whole files, and
# are asked only when \`voters\` says so: auto (one for each of ANTHROPIC_API_KEY and OPENAI_API_KEY where Maestro runs), or a list of
#   a model              { name: opus, kind: anthropic, model: claude-opus-5 }
#   a server             { name: local, kind: openai, model: qwen3-coder, url: "http://127.0.0.1:11434/v1" }
#   an agent's command   { name: agent, kind: command, command: [claude, -p] }
# Keys never stand here. A command or another url has to be allowed, exactly, by the owner of the machine that Maestro runs on:
#   MAESTRO_VOTERS="claude -p (ANTHROPIC_API_KEY); http://127.0.0.1:11434/v1"
# consensus: { voters: auto, threshold: 0.85, margin: 0.2, quorum: 3, rounds: 3, timeout: 2m, land: auto, share: hunks, names: { opus: Ada }, budget: { calls-per-day: 500, tokens-per-day: 2000000 } }
# hooks: { conflict: warn, direct-push: refuse, radar: off }
`;
}

function hierarchyText(proposal: Proposal): string {
  if (proposal.hierarchy.length === 0) return `# hierarchy:
#   - branch: feature/{team}-*
#     into: team/{team}
#   - branch: team/*
#     into: main
#     promote: when-idle
`;
  const entries = proposal.hierarchy.map((entry) => [
    `  - branch: ${quoted(entry.branch)}\n    into: ${quoted(entry.into)}\n`,
    entry.priority === undefined ? '' : `    priority: ${entry.priority}\n`,
    entry.backInto === undefined || entry.backInto.length === 0 ? '' : `    back-into: [${entry.backInto.map(quoted).join(', ')}]\n`,
  ].join(''));
  return `hierarchy:\n${entries.join('')}`;
}

function targetsText(proposal: Proposal): string {
  const { target, gate, network } = proposal.example ?? { target: 'main', gate: 'npm test', network: false };
  if (proposal.gate === null) return `# targets:
#   - target: ${quoted(target)}
#     gate: ${gateText(gate, network)}
`;
  return `targets:\n  - target: "**"\n    gate: ${gateText(proposal.gate, proposal.network ?? false)}\n`;
}

function gateText(run: string, network: boolean): string {
  return network ? `{ run: ${JSON.stringify(run)}, network: true }` : quoted(run);
}

// Plain where YAML cannot take it for anything but text; JSON's strings are YAML's double-quoted ones.
const PLAIN = /^[A-Za-z][A-Za-z0-9._/*{}-]*(?: [A-Za-z0-9._/*-]+)*$/;
const WORDS_OF_YAML = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n']);

function quoted(text: string): string {
  return PLAIN.test(text) && !WORDS_OF_YAML.has(text.toLowerCase()) ? text : JSON.stringify(text);
}
