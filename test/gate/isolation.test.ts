// What a gate's command can see of us: no secret, no network, no process of ours, nothing it was not given.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { gateEnvironment } from '../../src/adapter/gate/environment.ts';
import { isolation } from '../../src/adapter/gate/isolation.ts';
import { gateBench } from './bench-of-gates.ts';

const walls = await isolation();
const OWN = { home: '/h', temporary: '/t', commit: 'c', tree: 't' };

afterEach(() => {
  vi.unstubAllEnvs();
});

test('the environment holds what the rule names and what we give, nothing else', async () => {
  vi.stubEnv('MY_API_KEY', 'planted');
  vi.stubEnv('GITHUB_TOKEN', 'planted');
  vi.stubEnv('HARMLESS', 'planted');
  const bench = await gateBench();
  const seen = await bench.output(await bench.commit({ a: '1' }), 'env | sort', { env: ['PATH', 'LANG_NOT_SET'] });
  expect(seen).not.toContain('planted');
  expect(seen.split('\n').map((line) => line.split('=')[0])).toEqual(['CI', 'HOME', 'MAESTRO', 'MAESTRO_COMMIT', 'MAESTRO_TREE', 'PATH', 'PWD', 'TMPDIR'].filter((name) => seen.includes(`${name}=`)));
});

test('what is named is handed on, also a secret; what steers git, node or the loader is not', () => {
  const ours = { A: '1', DEPLOY_TOKEN: '2', GIT_DIR: '3', NODE_OPTIONS: '4', LD_PRELOAD: '5', BASH_ENV: '6', HOME: '/ours', PATH: '/p' };
  const seen = gateEnvironment(Object.keys(ours), ours, OWN);
  expect(seen).toEqual({ A: '1', DEPLOY_TOKEN: '2', PATH: '/p', HOME: '/h', TMPDIR: '/t', CI: 'true', MAESTRO: '1', MAESTRO_COMMIT: 'c', MAESTRO_TREE: 't' });
});

test('commands are found without a PATH of ours', () => {
  expect(gateEnvironment([], { PATH: '/p' }, OWN).PATH).toContain('/usr/bin');
});

test('home and temporary folder are empty, private, outside the tree and gone afterwards', async () => {
  const bench = await gateBench();
  const commit = await bench.commit({ a: '1' });
  const look = 'ls -A "$HOME" "$TMPDIR" | grep -v : ; echo x > "$HOME/x"; mkdir -p "$TMPDIR/y/z"; ls -A; git config --global user.name me';
  expect(await bench.output(commit, look)).toBe('.git\na');
  expect(await bench.output(commit, look)).toBe('.git\na');
});

test.runIf(walls === 'network-off')('without network nobody outside is reached, and loopback works inside', async () => {
  const server = createServer((_, answer) => answer.end('reached')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const call = `${process.execPath} -e "fetch('http://127.0.0.1:${port}').then((r) => r.text()).then(console.log, () => console.log('cut off'))"`;
  const inside = `${process.execPath} -e "const s = require('http').createServer((q, a) => a.end('inside')).listen(0, '127.0.0.1', () => fetch('http://127.0.0.1:' + s.address().port).then((r) => r.text()).then(console.log).then(() => process.exit()))"`;
  const bench = await gateBench();
  const commit = await bench.commit({ a: '1' });
  try {
    expect(await bench.output(commit, call, { network: false })).toBe('cut off');
    expect(await bench.output(commit, call, { network: true })).toBe('reached');
    expect(await bench.output(commit, inside, { network: false })).toBe('inside');
  } finally {
    server.close();
  }
});

test.runIf(walls === 'network-off')('our own process and its environment are out of sight', async () => {
  const bench = await gateBench();
  const commit = await bench.commit({ a: '1' });
  const look = `tr '\\0' '\\n' < /proc/${process.pid}/environ | head -1; test -d /proc/${process.ppid} && echo seen; echo end`;
  for (const network of [false, true]) expect(await bench.output(commit, `(${look}) 2>/dev/null`, { network })).toBe('end');
});
