// Tables: which remotes are used, what is handed on of the user's config, which gits are good enough.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseAddress, publicName } from '../../src/adapter/git/address.ts';
import { networkEnvironment } from '../../src/adapter/git/credentials.ts';
import { judgeVersion, probeGit } from '../../src/adapter/git/probe.ts';

afterEach(() => vi.unstubAllEnvs());

describe('an address', () => {
  it.each(['/srv/git/x.git', 'file:///srv/git/x.git'])('%s is a folder', (remote) => {
    expect(parseAddress(remote)).toMatchObject({ url: remote, path: '/srv/git/x.git', settings: ['protocol.file.allow=always'] });
  });

  it.each(['https://example.org/x.git', 'https://alice@example.org/x.git', 'ssh://git@example.org:22/x.git', 'git@example.org:team/x.git', 'example.org:x.git', 'http://127.0.0.1:8080/x.git'])('%s is used as it stands', (remote) => {
    expect(parseAddress(remote)).toMatchObject({ url: remote, path: null });
  });

  it.each(['', '-x', '--upload-pack=touch x', 'ext::sh -c touch% x', 'fd::17', 'git://example.org/x', 'http://example.org/x.git', 'ftp://example.org/x', 'relative/x.git', 'https://', '/srv/a\nb', '::x', 'transport::address'])('%j is refused', (remote) => {
    expect(() => parseAddress(remote)).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });

  it.each(['https://alice:s3cret@example.org/x.git', 'https://ghp_0123456789abcdef@example.org/x.git', 'https://x-access-token:s3cret@example.org/x', 'ssh://git:s3cret@example.org/x'])('%s is refused and never repeated', (remote) => {
    const said = (() => {
      try {
        return parseAddress(remote).url;
      } catch (error) {
        return String(error);
      }
    })();
    expect(said).not.toMatch(/s3cret|ghp_/);
    expect(publicName(remote)).not.toMatch(/s3cret|ghp_/);
  });
});

describe('the user\'s own config', () => {
  it('gives a network call its credentials, proxies and rewrites, as environment, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'maestro-config-'));
    writeFileSync(join(folder, 'more'), '[http]\n\tproxy = http://127.0.0.1:9\n');
    writeFileSync(join(folder, 'config'), `[credential]\n\thelper = \n\thelper = store --file x\n[core]\n\tsshCommand = ssh -i key\n\thooksPath = /evil\n\tfsmonitor = /evil\n[url "https://example.org/"]\n\tinsteadOf = eg:\n[alias]\n\tx = !evil\n[include]\n\tpath = more\n`);
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(folder, 'config'));
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
    const env = await networkEnvironment();
    rmSync(folder, { recursive: true });
    const keys = Object.keys(env).filter((name) => name.startsWith('GIT_CONFIG_KEY_')).map((name) => [env[name], env[name.replace('KEY', 'VALUE')]]);
    expect(keys).toEqual([['credential.helper', ''], ['credential.helper', 'store --file x'], ['core.sshcommand', 'ssh -i key'], ['url.https://example.org/.insteadof', 'eg:'], ['http.proxy', 'http://127.0.0.1:9']]);
    expect(env['GIT_CONFIG_COUNT']).toBe('5');
  });

  it('is no trouble when there is none', async () => {
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/nonexistent/config');
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
    expect((await networkEnvironment())['GIT_CONFIG_COUNT']).toBe('0');
  });
});

describe('git itself', () => {
  it.each([['2.37.7', false, 1], ['2.38.5', true, 1], ['2.39.2', true, 1], ['2.39.5', true, 0], ['2.43.0', true, 1], ['2.45.1', true, 0], ['2.51.0', true, 0], ['3.0.0', true, 0], ['1.9.5', false, 1]])('%s: good enough %s, warnings %i', (version, ok, problems) => {
    const judged = judgeVersion(version);
    expect([judged.ok, judged.problems.length]).toEqual([ok, problems]);
  });

  it('is found on this machine', async () => {
    expect(await probeGit()).toMatchObject({ ok: true, version: expect.stringMatching(/^\d+\.\d+/) });
  });

  it('and what is missing is named', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    expect(await probeGit()).toMatchObject({ ok: false, version: null, problems: [expect.stringContaining('git is missing'), expect.stringContaining('stdbuf'), expect.stringContaining('unshare')] });
  });
});
