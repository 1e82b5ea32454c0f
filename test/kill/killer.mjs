// Loaded before a coordinator by the kill matrix: names every point the coordinator passes and kills it at the one it was told. The product knows nothing of it.
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const { KILL_AT = '', KILL_TIME = '1', KILL_SCOPE = 'process', KILL_SENTINEL = '', KILL_LOG = '' } = process.env;

/** Each literal must stand in its file exactly once, or the matrix would prove nothing. */
const PATCHES = [
  {
    file: /\/(?:src|dist)\/coordinator\/perform\.(?:ts|js)$/,
    literal: 'export async function perform(',
    instead: `export async function perform(effect, ...more) {
      globalThis.passKillPoint('before ' + effect.kind);
      const seen = await performWhole(effect, ...more);
      globalThis.passKillPoint('after ' + effect.kind);
      return seen;
    }
    async function performWhole(`,
  },
  {
    file: /\/(?:src|dist)\/adapter\/sqlite\/store\.(?:ts|js)$/,
    literal: 'async append(',
    instead: `async append(token, target, version, events) {
      await this.appendWhole(token, target, version, events);
      globalThis.passKillPoint(...events.map((event) => 'recorded ' + event.kind));
    }
    async appendWhole(`,
  },
];

const passed = new Map();

/** Several names are one moment: what was written by one append. */
globalThis.passKillPoint = (...names) => {
  for (const name of names) passed.set(name, (passed.get(name) ?? 0) + 1);
  const last = names.at(-1);
  if (KILL_LOG !== '' && last !== undefined) appendFileSync(KILL_LOG, `${last}#${passed.get(last)}\n`);
  if (!names.includes(KILL_AT) || passed.get(KILL_AT) < Number(KILL_TIME)) return;
  writeFileSync(KILL_SENTINEL, `${KILL_AT}#${KILL_TIME}\n`);
  if (KILL_SCOPE === 'everything') for (const pid of descendantsOf(process.pid)) end(pid);
  end(process.pid);
};

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const patch = PATCHES.find(({ file }) => file.test(url));
    if (patch === undefined) return loaded;
    const parts = Buffer.from(loaded.source).toString('utf8').split(patch.literal);
    if (parts.length !== 2) throw new Error(`${url} holds "${patch.literal}" ${parts.length - 1} times: the kill matrix must be mended`);
    return { ...loaded, source: parts.join(patch.instead) };
  },
});

function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself first.
  }
}

/**
 * Children before their parents would have time to notice; read from /proc, where there is one. Not what runs on the remote's side: that is
 * another machine's, and git killed there while it moves a branch leaves a lock that only the remote's owner may take away.
 */
function descendantsOf(root) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name) && !isRemote(name)) parents.set(Number(name), parentOf(name));
  const isBelow = (pid) => pid !== undefined && pid !== 0 && (parents.get(pid) === root || isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow);
}

function isRemote(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('receive-pack');
  } catch {
    return false;
  }
}

function parentOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    return 0;
  }
}
