// Paths where a wrong merge opens a door: however sure the room is, a person decides. Matches whole words of names, never parts of words.

export type ProtectedArea = {
  readonly area: string;
  /** Names of folders anywhere on the path. */
  readonly folders: readonly string[];
  /** Words of the file's or a folder's name: `auth` is in `AuthService.java` and `auth/login.ts`, not in `author.ts`. */
  readonly words: readonly string[];
  /** Whole file names, lower case; `*.pem` for an ending. */
  readonly names: readonly string[];
};

export const PROTECTED_AREAS: readonly ProtectedArea[] = [
  { area: 'CI and workflows', folders: ['.github', '.circleci', '.gitlab', '.buildkite', '.woodpecker', '.teamcity'], words: [], names: ['.gitlab-ci.yml', '.travis.yml', 'jenkinsfile', 'azure-pipelines.yml', 'appveyor.yml', 'bitbucket-pipelines.yml', 'cloudbuild.yaml', 'codeowners'] },
  { area: 'hooks', folders: ['.husky', '.githooks', '.git-hooks'], words: [], names: ['.pre-commit-config.yaml', 'lefthook.yml', '.gitattributes', '.gitmodules'] },
  { area: 'authentication and permissions', folders: [], words: ['auth', 'authn', 'authz', 'oauth', 'oauth2', 'authentication', 'authorization', 'login', 'password', 'passwords', 'permission', 'permissions', 'acl', 'rbac', 'sso', 'saml', 'jwt'], names: [] },
  { area: 'security', folders: [], words: ['security', 'secret', 'secrets', 'credential', 'credentials', 'crypto', 'csrf', 'xss', 'sanitizer', 'sandbox'], names: ['*.pem', '*.key', '*.crt', '*.p12'] },
  { area: 'migrations', folders: ['migrations', 'migration', 'migrate', 'db-migrations'], words: ['migration', 'migrations'], names: [] },
  { area: 'configuration', folders: ['config', 'conf', '.config'], words: [], names: ['.env', '.npmrc', '.yarnrc', '.yarnrc.yml', '.pypirc', 'maestro.yml', '*.tf', '*.tfvars'] },
];

/** The first area the path lies in, or null. */
export function protectedArea(path: string, areas: readonly ProtectedArea[]): string | null {
  const segments = path.split('/');
  const name = segments.at(-1)?.toLowerCase() ?? '';
  const folders = segments.slice(0, -1).map((folder) => folder.toLowerCase());
  const words = new Set(segments.flatMap(wordsOf));
  const found = areas.find((area) =>
    area.folders.some((folder) => folders.includes(folder)) || area.words.some((word) => words.has(word)) || area.names.some((pattern) => nameFits(name, pattern)));
  return found?.area ?? null;
}

function nameFits(name: string, pattern: string): boolean {
  if (pattern.startsWith('*')) return name.endsWith(pattern.slice(1));
  return name === pattern || (pattern === '.env' && name.startsWith('.env.'));
}

/** `AuthService.java` -> auth, service, java. */
function wordsOf(segment: string): readonly string[] {
  return segment.replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2').replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2').toLowerCase().split(/[^\p{L}\p{N}]+/u);
}
