// What a .github/maestro.yml means, and what is said of a broken one.
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commentedConfig } from '../src/config-comment.ts';
import { jsonSchemaText } from '../src/config-schema.ts';
import { CONFIG_BYTES_MAX } from '../src/config-yaml.ts';
import { parseConfig } from '../src/config.ts';
import { parseBranch } from '../src/merge/branch.ts';
import { patternProblem } from '../src/merge/pattern.ts';
import { DEFAULT_GATE, DEFAULT_POLICY } from '../src/merge/policy.ts';
import type { Policy } from '../src/merge/policy.ts';

function policyOf(text: string): Policy {
  const reading = parseConfig(text);
  if (reading.kind === 'broken') throw new Error(JSON.stringify(reading.problems));
  return reading.policy;
}

/** `line: text` of every problem. */
function problemsOf(text: string): string {
  const reading = parseConfig(text);
  return reading.kind === 'ok' ? 'ok' : reading.problems.map((problem) => `${problem.line}: ${problem.text}`).join('\n');
}

function fileOf(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

const FULL = `
version: 1
marker: SHIP_IT
hierarchy:
  - branch: feature/{team}-*
    into: team/{team}
  - branch: team/*
    into: integration/weekly
    promote: when-idle
  - branch: integration/*
    into: main
    promote: every 6h
  - branch: hotfix/*
    into: main
    promote: daily 02:30
    priority: hotfix
    back-into: [integration/*, team/*]
targets:
  - target: main
    gate: { run: npm test, scope: chain, timeout: 90s, output: 1MB, disk: 3GB, network: true, env: [PATH, HOME] }
    diff3: off
    generated:
      - { paths: [package-lock.json], run: npm install --package-lock-only, network: true, timeout: 5m, env: [PATH] }
  - target: team/*
    gate: npm run quick
limits: { chain: 8, gates: 2, sweep: 500ms, ageing: 1h, dependency-wait: 2d, tree-entries: 1000, tree-depth: 10 }
hooks: { conflict: refuse, direct-push: allow, radar: warn }
`;

describe('a config', () => {
  it('says everything a policy can hold', () => {
    expect(policyOf(FULL)).toEqual({
      marker: 'SHIP_IT',
      routes: [
        { branch: 'feature/{team}-*', into: 'team/{team}', promote: { when: 'manual' }, priority: 'normal', backInto: [] },
        { branch: 'team/*', into: 'integration/weekly', promote: { when: 'when-idle' }, priority: 'normal', backInto: [] },
        { branch: 'integration/*', into: 'main', promote: { when: 'every', periodMs: 6 * 3_600_000 }, priority: 'normal', backInto: [] },
        { branch: 'hotfix/*', into: 'main', promote: { when: 'daily', minuteOfDay: 150 }, priority: 'hotfix', backInto: ['integration/*', 'team/*'] },
      ],
      targets: [
        { target: 'main', gate: { run: 'npm test', checks: null, scope: 'chain', timeoutMs: 90_000, outputBytesMax: 1024 ** 2, diskBytesMax: 3 * 1024 ** 3, network: true, env: ['PATH', 'HOME'] }, diff3: 'off', generated: [{ paths: ['package-lock.json'], make: { ...DEFAULT_GATE, run: 'npm install --package-lock-only', network: true, timeoutMs: 300_000, env: ['PATH'] } }] },
        { target: 'team/*', gate: { ...DEFAULT_GATE, run: 'npm run quick' }, diff3: 'auto' },
      ],
      limits: { chainMax: 8, gatesMax: 2, sweepMs: 500, ageStepMs: 3_600_000, dependencyWaitMs: 2 * 86_400_000, treeEntriesMax: 1000, treeDepthMax: 10 },
      hooks: { conflict: 'refuse', directPush: 'allow', radar: 'warn' },
      github: { owners: [], refactor: 'comment' },
      consensus: DEFAULT_POLICY.consensus,
    } satisfies Policy);
  });

  it('says who votes, from when on, and what that may cost', () => {
    const text = `
consensus:
  threshold: 0.9
  margin: 0.3
  quorum: 4
  rounds: 2
  voters:
    - { name: opus, kind: anthropic, model: claude-opus-5 }
    - { name: local, kind: openai, model: "qwen3:30b", url: "http://127.0.0.1:11434/v1" }
    - { name: agent, kind: command, command: [claude, -p] }
  names: { opus: Ada Lovelace }
  land: ask
  share: none
  timeout: 30s
  budget: { calls-per-day: 10, tokens-per-day: 2000 }
`;
    expect(policyOf(text).consensus).toEqual({
      threshold: 0.9, margin: 0.3, quorum: 4, roundsMax: 2,
      voters: [
        { kind: 'anthropic', name: 'opus', model: 'claude-opus-5', url: null },
        { kind: 'openai', name: 'local', model: 'qwen3:30b', url: 'http://127.0.0.1:11434/v1' },
        { kind: 'command', name: 'agent', command: ['claude', '-p'] },
      ],
      names: { opus: 'Ada Lovelace' }, land: 'ask', share: 'none', timeoutMs: 30_000, budget: { callsPerDay: 10, tokensPerDay: 2000 },
    } satisfies Policy['consensus']);
    expect(policyOf('consensus: { voters: auto }').consensus).toEqual({ ...DEFAULT_POLICY.consensus, voters: 'auto' });
  });

  it('takes a block of one line as a command', () => {
    expect(policyOf('targets:\n  - target: main\n    gate: |\n      npm test\n').targets[0]?.gate?.run).toBe('npm test');
  });

  it('names a bare capture once, however many errors it makes', () => {
    expect(problemsOf('hierarchy:\n  - { branch: feature/{team}-*, into: team/{team} }')).toBe('2: a value with `{` needs quotes');
  });

  it.each([['nothing', ''], ['comments', '# hello\n'], ['a version', 'version: 1'], ['empty lists', 'hierarchy:\ntargets:\nlimits:\nhooks:\nconsensus:\n'], ['a map', '{}'], ['an empty consensus', 'consensus: { voters: , names: , budget: }']])('of %s is the default policy', (_name, text) => {
    expect(policyOf(text)).toEqual(DEFAULT_POLICY);
  });

  it('of this repository is fine, and its schema is up to date (npm run schema)', () => {
    expect(problemsOf(fileOf('.github/maestro.yml'))).toBe('ok');
    expect(fileOf('schema/maestro.schema.json')).toBe(jsonSchemaText());
  });
});

describe('a broken config is explained', () => {
  it.each([
    ['an unknown key', 'version: 1\nheirarchy: []', '2: unknown key `heirarchy`; did you mean `hierarchy`?'],
    ['an unknown key inside', 'hierarchy:\n  - branch: a\n    into: b\n    promot: manual', '4: unknown key `promot` in hierarchy #1; did you mean `promote`?'],
    ['underscores for dashes', 'limits: { dependency_wait: 1h }', '1: unknown key `dependency_wait` in limits; did you mean `dependency-wait`?'],
    ['an unknown key of a gate', 'targets:\n  - target: main\n    gate:\n      run: x\n      time-out: 1m', '5: unknown key `time-out` in targets #1 gate; did you mean `timeout`?'],
    ['a key like nothing known', 'hooks: { zebra: 1 }', '1: unknown key `zebra` in hooks; known here: conflict, direct-push, radar'],
    ['a missing key', 'hierarchy:\n  - branch: a\n  - into: b', '2: hierarchy #1 into is missing\n3: hierarchy #2 branch is missing'],
    ['a gate without a command', 'targets:\n  - target: main\n    gate: { timeout: 1m }', '3: targets #1 gate run is missing'],
    ['a list as a gate', 'targets:\n  - target: main\n    gate: [a]', '3: targets #1 gate: write a command, or a map with `run:`'],
    ['a duration without a unit', 'limits:\n  sweep: 30', '2: limits sweep: write a duration such as 30s'],
    ['a duration out of bounds', 'limits:\n  sweep: 2h', 'between 200ms and 1h'],
    ['a size', 'targets:\n  - { target: main, gate: { run: x, output: 5 kB } }', 'write a size such as 10MB'],
    ['a count', 'limits: { chain: 0 }', '1: limits chain: write a whole number between 1 and 256'],
    ['a fraction', 'limits: { chain: 1.5 }', 'whole number'],
    ['a choice', 'hierarchy:\n  - { branch: a, into: b, priority: urgent }', 'hierarchy #1 priority: write hotfix, high, normal, low'],
    ['a promotion', 'hierarchy:\n  - { branch: a, into: b, promote: daily 25:00 }', '`daily 02:00`'],
    ['a period', 'hierarchy:\n  - { branch: a, into: b, promote: every 1s }', 'between 1m and 30d'],
    ['a marker', 'marker: ready to merge', '1: marker: write one word'],
    ['a pattern', 'hierarchy:\n  - branch: a/**b\n    into: c', '2: hierarchy #1 branch: ** must stand alone'],
    ['a capture from nowhere', 'hierarchy:\n  - branch: feature/{team}-*\n    into: team/{taem}', '3: hierarchy into: {taem} is not captured by `feature/{team}-*`'],
    ['a star in a target', 'hierarchy:\n  - branch: a\n    into: team/*', '3: hierarchy into: must name one target'],
    ['a list for a map', '- a\n- b', 'null: the file: expected a map, received a list'],
    ['a map for a list', 'hierarchy: { branch: a }', '1: hierarchy: expected a list, received a map'],
    ['a newer version', 'version: 2\nnews: true', '1: the file is of version 2, this Maestro knows up to 1: update Maestro'],
    ['an older version', 'version: 0', '1: version: write 1'],
    ['a duplicate key', 'version: 1\nversion: 1', '2: `version` stands here twice'],
    ['a tab', 'limits:\n\tchain: 1', '2: a tab is used as indentation'],
    ['a star without quotes', 'hierarchy:\n  - branch: *\n    into: main', '2: a value that starts with `*` needs quotes'],
    ['an anchor', 'marker: &a READY', '1: anchors are not accepted'],
    ['an alias', 'marker: &a READY\ntargets: [*a]', '2: aliases are not accepted'],
    ['a tag', 'marker: !!str READY', '1: tags are not accepted'],
    ['a directive', '%YAML 1.1\n---\nversion: 1', '1: YAML directives'],
    ['two documents', 'version: 1\n---\nversion: 1', 'several documents'],
    ['a prototype key', '__proto__: { marker: EVIL }', 'unknown key `__proto__`'],
    ['an endless nesting', '['.repeat(CONFIG_BYTES_MAX - 1), 'nested too deeply'],
    ['a large file', `# ${'x'.repeat(CONFIG_BYTES_MAX)}`, 'null: the file is larger than 64 KB'],
    ['a capture without quotes', 'hierarchy:\n  - branch: {team}-x\n    into: main', '2: a value with `{` needs quotes'],
    ['a key that begins like a known one', 'hierarchy:\n  - branch: a\n    into: b\n    promotion: manual', '4: unknown key `promotion` in hierarchy #1; did you mean `promote`?'],
    ['a target that git refuses', 'hierarchy:\n  - branch: a\n    into: main.lock', '3: hierarchy into: `main.lock` is no branch name: a part of the name'],
    ['a target with an option\'s name', 'hierarchy:\n  - branch: a\n    into: -x', '`-x` is no branch name'],
    ['an empty command', 'targets:\n  - target: main\n    gate: ""', '3: targets #1 gate: write a command on one line; leave the key out'],
    ['brackets a config has no use for', `owners: ${'['.repeat(40)}`, 'nested too deeply'],
    ['a threshold that everything reaches', 'consensus: { threshold: 0 }', '1: consensus threshold: write a number between 0.5 and 1'],
    ['a threshold in per cent', 'consensus: { threshold: 85% }', 'write a number between 0.5 and 1'],
    ['a threshold that nothing reaches', 'consensus: { threshold: 1.1 }', 'write a number between 0.5 and 1'],
    ['a margin that is none', 'consensus: { margin: .nan }', 'consensus margin: write a number'],
    ['99 rounds', 'consensus: { rounds: 99 }', '1: consensus rounds: write 1, 2, 3'],
    ['voters nobody knows', 'consensus: { voters: all }', '1: consensus voters: write auto'],
    ['a voter of another kind', 'consensus:\n  voters:\n    - { name: a, kind: gemini, model: m }', '3: consensus voters #1 kind: write anthropic, openai, command'],
    ['a voter without its model', 'consensus:\n  voters:\n    - { name: a, kind: openai }', '3: consensus voters #1 model is missing'],
    ['a voter without its command', 'consensus:\n  voters:\n    - { name: a, kind: command }', '3: consensus voters #1 command is missing'],
    ['a command as one text', 'consensus:\n  voters:\n    - { name: a, kind: command, command: [claude -p] }', '3: consensus voters #1 command #1: write the words of the command one by one'],
    ['a key in the file', 'consensus:\n  voters:\n    - { name: a, kind: openai, model: m, key: x }', '3: unknown key `key` in consensus voters #1'],
    ['credentials in an address', 'consensus:\n  voters:\n    - { name: a, kind: openai, model: m, url: "https://u:p@h/v1" }', '3: consensus voters #1 url: write an http or https address without credentials'],
    ['a file as an address', 'consensus:\n  voters:\n    - { name: a, kind: openai, model: m, url: "file:///etc/passwd" }', 'write an http or https address'],
    ['two voters of one name', 'consensus:\n  voters:\n    - { name: a, kind: openai, model: m }\n    - { name: a, kind: openai, model: n }', '4: consensus voters #2 name: another voter has this name'],
    ['a voter that poses as a built-in one', 'consensus:\n  voters:\n    - { name: gates, kind: openai, model: m }', '3: consensus voters #1 name: a built-in voter has this name'],
    ['a name with orders in it', 'consensus: { names: { a: "@everyone" } }', 'consensus names a: write up to 40 letters'],
    ['a budget below nothing', 'consensus: { budget: { calls-per-day: -1 } }', 'consensus budget calls-per-day: write a whole number'],
    ['a command on two lines', 'targets:\n  - target: main\n    gate: |\n      a\n      b', '3: targets #1 gate: write a command'],
  ])('%s', (_name, text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  it.each([
    ['two steps', ['team/*', 'integration/weekly', 'integration/*', 'team/core'], 'integration/weekly -> team/core -> integration/weekly'],
    ['with captures', ['team/{t}', 'int/{t}', 'int/{x}', 'team/{x}'], 'team/x -> int/x -> team/x'],
    ['with captures swapped', ['f/{x}-{y}', 'f/{y}-{x}'], 'f/x-x1 -> f/x1-x -> f/x-x1'],
    ['to itself', ['main', 'main'], 'main -> main'],
    ['ever longer names', ['a/{x}', 'a/{x}-y'], 'a/x -> a/x-y -> a/x-y-y -> a/x-y-y-y -> ...'],
  ])('a circle: %s', (_name, pairs, circle) => {
    const entries = pairs.flatMap((branch, at) => at % 2 === 0 ? [`  - { branch: '${branch}', into: '${pairs[at + 1]}' }`] : []);
    expect(problemsOf(`hierarchy:\n${entries.join('\n')}`)).toBe(`2: these branches lead in a circle: ${circle}`);
  });

  it.each([
    ['everything into main', ['**', 'main']],
    ['nested teams', ['team/{t}-sub', 'team/{t}', 'team/*', 'main']],
    ['the same name one level up', ['a/{x}', 'b/{x}', 'b/{x}', 'main']],
  ])('what only looks like a circle is accepted: %s', (_name, pairs) => {
    const entries = pairs.flatMap((branch, at) => at % 2 === 0 ? [`  - { branch: '${branch}', into: '${pairs[at + 1]}' }`] : []);
    expect(problemsOf(`hierarchy:\n${entries.join('\n')}`)).toBe('ok');
  });

  it('with a bounded number of problems', () => {
    const reading = parseConfig(Array.from({ length: 3000 }, (_, at) => `key${at}: 1`).join('\n'));
    expect(reading.kind === 'broken' && reading.problems.length).toBe(20);
  });
});

describe('any text', () => {
  it('is read without throwing', () => {
    const piece = fc.constantFrom('hierarchy:\n', '  - branch: ', 'into: ', 'targets:', 'gate: ', '{', '}', '[', ']', '*', '&a ', '!!x ', '\n', '  ', ': ', '- ', '|', '"', '\u0000', '? ', 'a');
    fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
      expect(['ok', 'broken']).toContain(parseConfig(pieces.join('')).kind);
    }), { numRuns: 500 });
  });
});

describe('the config that init writes', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'B', '1', '-', '.', '_', '/', '*', 'true', 'null'), minLength: 1, maxLength: 8 });
  const pattern = fc.oneof(name, fc.constantFrom('**', '*', '*/x', 'feature/{team}-*', 'null', 'true', '1e3', '0x1', '-', '1.5')).filter((text) => patternProblem(text) === null);
  const into = pattern.filter((text) => !/[*{]/.test(text)).map((text) => `into/${text}`).filter((text) => parseBranch(text).ok);
  const gate = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => /^[^\n\r\0]*\S[^\n\r\0]*$/.test(text));
  // Starts that no `into` has, so that no proposal is a circle.
  const hierarchy = fc.array(fc.record({ branch: pattern.map((text) => `from/${text}`), into }), { maxLength: 5 });

  it('reads back as what was proposed', () => {
    fc.assert(fc.property(hierarchy, fc.option(gate), (hierarchy, gate) => {
      const policy = policyOf(commentedConfig({ hierarchy, gate }));
      expect(policy.routes.map(({ branch, into }) => ({ branch, into }))).toEqual(hierarchy);
      expect(policy.targets[0]?.gate?.run ?? null).toBe(gate);
      expect(policy.marker).toBe('READY_TO_MERGE');
    }), { numRuns: 500 });
  });

  it('quotes what YAML would misread', () => {
    const hierarchy = [{ branch: '**', into: 'main' }, { branch: '12', into: 'null' }];
    expect(policyOf(commentedConfig({ marker: 'null', hierarchy, gate: 'make: test # all' }))).toMatchObject({ marker: 'null', routes: hierarchy, targets: [{ target: '**', gate: { run: 'make: test # all' } }] });
  });

  it('shows examples that are themselves accepted', () => {
    const lines = commentedConfig({ hierarchy: [], gate: null }).split('\n');
    const shown = lines.filter((line) => /^# ( *-|  +\w+:|\w+:( [[{]|$))/.test(line)).map((line) => line.slice(2)).filter((line) => !/^ {2}\w/.test(line));
    expect(problemsOf(shown.join('\n'))).toBe('ok');
    expect(policyOf(shown.join('\n')).routes).toHaveLength(2);
  });
});
