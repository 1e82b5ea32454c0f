// What must never leave the machine, and what looks like it and may.
import { describe, expect, test } from 'vitest';
import { secretIn, secretKindOf } from '../../src/adapter/voter/secret.ts';
import { question } from '../harness/question.ts';

// Put together here, so that no scanner takes this file for a leak.
const of = (...parts: readonly string[]): string => parts.join('');
const ALNUM = 'Zq3vT8kLw1Xr6Yb9Nc2Md5Fh7Jg4Ps0Ka';

describe('a secret is', () => {
  test.each([
    ['private-key', of('-----BEGIN RSA PRIVATE', ' KEY-----\nMIIE')],
    ['private-key', of('-----BEGIN OPENSSH PRIVATE', ' KEY-----')],
    ['private-key', of('-----BEGIN PGP PRIVATE', ' KEY BLOCK-----')],
    ['private-key', of('PuTTY-User-Key', '-File-3: ssh-ed25519')],
    ['cloud-key', of('AKIA', 'IOSFODNN7EXAMPLE')],
    ['cloud-key', of('const id = "ASIA', 'Y34FZKBOKMUTVV7A"')],
    ['cloud-key', of('AIza', 'SyA1234567890abcdefghijklmnopqrstuv')],
    ['cloud-key', of('GOCSPX', '-1mVwFTjGIXgs2BC2uHzksQi0HAK1')],
    ['forge-token', of('ghp_', ALNUM)],
    ['forge-token', of('ghs_', ALNUM)],
    ['forge-token', of('github_pat_', ALNUM)],
    ['forge-token', of('glpat-', 'x1y2z3a4b5c6d7e8f9g0')],
    ['forge-token', of('//registry.npmjs.org/:_authToken=npm_', ALNUM)],
    ['chat-token', of('xoxb-', '123456789012-abcdefGHIJKL')],
    ['chat-token', of('https://hooks.slack.com/services/', 'T0ABCDEFG/B0ABCDEFG/xyz')],
    ['model-key', of('sk-ant-', 'api03-', ALNUM)],
    ['model-key', of('sk-proj-', ALNUM)],
    ['model-key', of('OPENAI=sk-', ALNUM)],
    ['service-key', of('sk_live_', ALNUM)],
    ['service-key', of('SG.', 'abcdefghijklmnopqrstuv', '.abcdefghijklmnopqrstuvwxyz')],
    ['jwt', of('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0', '.dozjgNryP4J3jVmNHl0w5N')],
    ['url-password', of('postgres://admin:', 'hunter22@db.internal/main')],
    ['url-password', of('redis://:', 'p4ssw0rd@cache:6379')],
    ['assignment', of('pass', 'word = "correct-horse9"')],
    ['assignment', of('const apiKey', ": string = 'a8f5f167f44f4964'")],
    ['assignment', of('{ "client_secret', '": "8f14e45fceea167a" }')],
    ['assignment', of('DB_PASS', 'WORD=s3cr3tPass\n')],
    ['assignment', of('  api_key', ': a1b2c3d4e5f6\n')],
    ['assignment', of('my $sec', 'ret => "Tr0ub4dor&3";')],
    ['assignment', of('      - DB_PA', 'SS=S3cretNr2x\n')],
    ['assignment', of('"pass', 'word": "swordfisch"')],
    ['assignment', of('pass', 'word: "example-prod-9931x"')],
    ['assignment', of('Server=db;Pass', 'word=S3cr3t99;Timeout=3')],
    ['assignment', of('const key = "9f86d081884c7d659a2f', 'eaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"')],
    ['header', of('Authorization: Bea', 'rer 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c')],
    ['command-line', of('curl -u ad', 'min:S3cret99 https://registry.internal')],
    ['random-text', `call("${of('wJalrXUtnFEMI', 'K7MDENGbPxRfiCYz4Q8kLp2Vb')}")`],
    ['random-text', of('0aB9xK2mQ7vR4tY1', 'nL8pW3sD6fG5hJ2k')],
  ])('%s: %s', (kind, text) => {
    expect(secretKindOf(text)).toBe(kind);
  });

  test.each(['.env', 'deploy/.env.production', 'certs/server.key', 'ca.pem', '.npmrc', 'home/.ssh/id_ed25519', 'config/secrets.yml', '.aws/credentials'])('whatever stands in %s', (path) => {
    expect(secretIn(question({ path }))).toBe('path');
  });

  test('found wherever a voter would read it', () => {
    const secret = of('ghp_', ALNUM);
    const [hunk = { context: '', base: '', left: '', right: '' }] = question().hunks;
    const places = [
      { path: `src/${secret}.ts` }, { intents: { left: secret, right: '' } }, { intents: { left: '', right: secret } }, { evidence: [secret] },
      { hunks: [{ ...hunk, context: secret }] }, { hunks: [{ ...hunk, base: secret }] }, { hunks: [{ ...hunk, left: secret }] }, { hunks: [{ ...hunk, right: secret }] },
      { options: [{ id: 'o1', text: secret, facts: [] }] }, { options: [{ id: 'o1', text: '', facts: [secret] }] },
    ];
    expect(places.map((place) => secretIn(question(place)))).toEqual(places.map(() => 'forge-token'));
  });
});

describe('no secret is', () => {
  test.each([
    'const password = process.env.DB_PASSWORD;',
    'password: string;',
    'function checkPassword(password: string, token: Token): boolean {',
    'const token = await readToken(request);',
    'token: tokens.next(),',
    'API_KEY=${API_KEY}',
    'PASSWORD=<your-password>',
    'password = "changeme"',
    "const key = 'access_token';",
    "headers['x-api-key'] = options.apiKey",
    '"integrity": "sha512-Zq3vT8kLw1Xr6Yb9Nc2Md5Fh7Jg4Ps0KaZq3vT8kLw1Xr6Yb9Nc2Md5Fh7Jg4Ps0Ka=="',
    'git checkout 9fceb02d0ae598e95dc970b74767f19372d61af8',
    "uuid('123e4567-e89b-12d3-a456-426614174000')",
    'import { parseInt32FromBase64UrlEncodedText } from "./base64/UrlEncoded2.ts";',
    'https://example.com/a/very/long/path/with/Some/UpperCase2/Segments/index.html?x=1',
    'git clone https://${USER}:${TOKEN}@github.com/x/y',
    'expect(tokenize("a + b")).toEqual(["a", "+", "b"]);',
    'aria-describedby="passwordHelpInline"',
    'input({ type: "text", password: "required" })',
    'const bypass = "somewhere1";',
    'Authorization: Bearer <token>',
    'docker run --user 1000:1000 image',
    'uses: actions/checkout@9fceb02d0ae598e95dc970b74767f19372d61af8',
    'cache-key: ${{ runner.os }}-node',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
    'background: url(data:,)',
    'https://user@example.com/path',
  ])('%s', (text) => {
    expect(secretKindOf(text)).toBeNull();
  });

  test.each([['a', 200_000], ['A_', 100_000], ['password', 30_000], ['eyJhbGciOi.', 20_000], ['x://', 50_000], ['password = ', 20_000], ['-----BEGIN ', 20_000], ['\n', 200_000]])('%j, however often', (piece, times) => {
    expect(secretKindOf(piece.repeat(times))).toBeNull();
  });
});
