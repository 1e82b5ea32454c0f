// Paths where a wrong merge opens a door: however sure the room is, a person decides. Matches whole words of names; a word with a star, whatever begins so.

export type ProtectedArea = {
  readonly area: string;
  /** Names of folders anywhere on the path. */
  readonly folders: readonly string[];
  /** Words of the file's or a folder's name: `auth` is in `AuthService.java` and `auth/login.ts`, not in `author.ts`; `authoriz*` for beginnings. */
  readonly words: readonly string[];
  /** Whole file names, lower case; `*.pem` for an ending. */
  readonly names: readonly string[];
};

/** By these names git runs them, in whatever folder they are kept. */
const GIT_HOOKS = ['applypatch-msg', 'commit-msg', 'post-checkout', 'post-commit', 'post-merge', 'post-receive', 'post-rewrite', 'post-update', 'pre-applypatch', 'pre-auto-gc', 'pre-commit', 'pre-merge-commit', 'pre-push', 'pre-rebase', 'pre-receive', 'prepare-commit-msg', 'proc-receive', 'push-to-checkout', 'reference-transaction'];

export const PROTECTED_AREAS: readonly ProtectedArea[] = [
  { area: 'CI and workflows', folders: ['.github', '.circleci', '.gitlab', '.buildkite', '.woodpecker', '.teamcity', '.drone', '.forgejo', '.gitea'], words: [], names: ['.gitlab-ci.yml', '.gitlab-ci.yaml', '.woodpecker.yml', '.woodpecker.yaml', '.drone.yml', '.drone.yaml', '.travis.yml', 'jenkinsfile', 'azure-pipelines.yml', 'appveyor.yml', 'bitbucket-pipelines.yml', 'cloudbuild.yaml', 'codeowners'] },
  { area: 'hooks', folders: ['.husky', '.githooks', '.git-hooks'], words: [], names: ['.pre-commit-config.yaml', 'lefthook.yml', 'lefthook.yaml', '.gitattributes', '.gitmodules', ...GIT_HOOKS] },
  { area: 'authentication and permissions', folders: [], words: ['auth', 'authn', 'authz', 'auth0', 'auths', 'oauth*', 'oidc', 'authentic*', 'unauthentic*', 'authoris*', 'authoriz*', 'unauthoris*', 'unauthoriz*', 'login*', 'signin', 'password*', 'passwd', 'permission*', 'privilege*', 'access control', 'acl', 'acls', 'rbac', 'sso', 'saml', 'ldap', 'kerberos', 'jwt', 'jwts', 'mfa', 'totp'], names: [] },
  { area: 'security', folders: [], words: ['security', 'secret', 'secrets', 'credential', 'credentials', 'crypto', 'cryptography', 'encrypt*', 'decrypt*', 'csrf', 'xss', 'sanitizer', 'sandbox'], names: ['*.pem', '*.key', '*.crt', '*.p12'] },
  { area: 'migrations', folders: ['migrations', 'migration', 'migrate', 'db-migrations', 'alembic'], words: ['migration', 'migrations'], names: [] },
  { area: 'configuration', folders: ['config', 'conf', '.config'], words: [], names: ['.env', '.npmrc', '.yarnrc', '.yarnrc.yml', '.pypirc', 'maestro.yml', '*.tf', '*.tfvars'] },
];

/** The first area the path lies in, or null. */
export function protectedArea(path: string, areas: readonly ProtectedArea[]): string | null {
  const segments = path.split('/');
  const name = segments.at(-1)?.toLowerCase() ?? '';
  const folders = segments.slice(0, -1).map((folder) => folder.toLowerCase());
  const words = segments.map(wordsOf);
  const found = areas.find((area) =>
    area.folders.some((folder) => folders.includes(folder)) || area.words.some((word) => words.some((some) => hasWord(some, word))) || area.names.some((pattern) => nameFits(name, pattern)));
  return found?.area ?? null;
}

/** Two words with a space between stand one after the other. */
function hasWord(words: readonly string[], wanted: string): boolean {
  if (wanted.endsWith('*')) return words.some((word) => word.startsWith(wanted.slice(0, -1)));
  return wanted.includes(' ') ? ` ${words.join(' ')} `.includes(` ${wanted} `) : words.includes(wanted);
}

function nameFits(name: string, pattern: string): boolean {
  if (pattern.startsWith('*')) return name.endsWith(pattern.slice(1));
  return name === pattern || (pattern === '.env' && name.startsWith('.env.'));
}

/** `AuthService.java` -> auth, service, java. */
function wordsOf(segment: string): readonly string[] {
  return segment.replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2').replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2').toLowerCase().split(/[^\p{L}\p{N}]+/u);
}
