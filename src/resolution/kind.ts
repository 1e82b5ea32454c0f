// What a file is for, by its name alone.

export const PATH_KINDS = ['lock', 'generated', 'changelog', 'manifest', 'docs', 'test', 'data', 'code'] as const;
export type PathKind = (typeof PATH_KINDS)[number];

const LOCKS = new Set(['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'Cargo.lock', 'poetry.lock', 'pdm.lock', 'uv.lock', 'go.sum', 'Gemfile.lock', 'composer.lock', 'Pipfile.lock', 'deno.lock', 'flake.lock']);
const MANIFESTS = /^(?:package\.json|Cargo\.toml|pyproject\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|setup\.(?:py|cfg)|composer\.json|Gemfile|gradle\.properties|requirements[^/]*\.txt)$/;

export function pathKind(path: string): PathKind {
  const name = fileNameOf(path);
  if (LOCKS.has(name)) return 'lock';
  if (/\.snap$|\.min\.(?:js|css)$|\.pb\.go$|_pb2\.py$|(?:^|\/)(?:dist|generated|__generated__|\.sqlx|vendor)\/|\.generated\.|openapi\.json$/.test(path)) return 'generated';
  if (/^(?:changelog|changes|history|releases?|news)(?:\.|$|-)/i.test(name)) return 'changelog';
  if (MANIFESTS.test(name)) return 'manifest';
  if (/\.(?:md|mdx|rst|txt|adoc)$/i.test(name)) return 'docs';
  if (/(?:^|\/)(?:tests?|__tests__|spec|testing)\/|[._-](?:test|spec)s?\.\w+$|(?:^|\/)test_[^/]+\.py$|_test\.\w+$|Tests?\.java$/.test(path)) return 'test';
  if (/\.(?:json|jsonc|ya?ml|toml|ini|properties|xml|cfg|lock)$/i.test(name)) return 'data';
  return 'code';
}

export const LANGUAGES = ['script', 'python', 'go', 'rust', 'java', 'markdown', 'json', 'yaml', 'other'] as const;
export type Language = (typeof LANGUAGES)[number];

const BY_ENDING: ReadonlyMap<string, Language> = new Map([
  ...['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'vue', 'svelte'].map((ending) => [ending, 'script'] as const),
  ['py', 'python'], ['go', 'go'], ['rs', 'rust'], ['java', 'java'], ['kt', 'java'], ['md', 'markdown'], ['mdx', 'markdown'], ['rst', 'markdown'],
  ['json', 'json'], ['jsonc', 'json'], ['yml', 'yaml'], ['yaml', 'yaml'], ['toml', 'yaml'],
]);

export function languageOf(path: string): Language {
  return BY_ENDING.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase()) ?? 'other';
}

export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
