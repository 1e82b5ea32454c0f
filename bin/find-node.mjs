// Starts a door of this package under a node that can run it. Plain JavaScript of node 18's age: it must explain itself on old ones.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

export const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const TYPE_STRIPPING = [22, 18];

/** `needs`: the oldest node that runs the built door. From TypeScript sources it takes one that strips types. */
export async function startDoor({ name, door, needs, argumentsOf = () => [] }) {
  endWithStarter();
  const built = join(packageRoot, 'dist', `${door}.js`);
  const path = existsSync(built) ? built : join(packageRoot, 'src', `${door}.ts`);
  const wanted = path === built ? needs : newer(needs, TYPE_STRIPPING);
  if (!isAtLeast(process.versions.node, wanted)) {
    startElsewhere(name, wanted);
    return;
  }
  nodeModule.enableCompileCache?.();
  quietExperiments();
  keepCompiledWasm();
  const { main } = await import(pathToFileURL(path).href);
  const code = await main(process.argv.slice(2), ...argumentsOf((other) => import(pathToFileURL(sibling(path, other)).href)));
  process.exitCode = code ?? process.exitCode;
}

/** A node of at least this version that some npm install put near the package or the working folder. */
export function findNode(wanted) {
  const folders = [join(packageRoot, 'node_modules'), dirname(packageRoot), join(process.cwd(), 'node_modules')];
  const candidates = folders.flatMap((folder) => [join(folder, 'node', 'bin', 'node'), join(folder, 'node', 'bin', 'node.exe'), join(folder, '.bin', 'node')]);
  return candidates.find((path) => existsSync(path) && isAtLeast(versionOf(path), wanted)) ?? null;
}

export function versionOf(node) {
  return (spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 10_000 }).stdout ?? '').trim().replace(/^v/, '');
}

export function isAtLeast(version, [major, minor]) {
  const [haveMajor = 0, haveMinor = 0] = version.split('.').map(Number);
  return haveMajor > major || (haveMajor === major && haveMinor >= minor);
}

function newer(one, other) {
  return isAtLeast(one.join('.'), other) ? one : other;
}

function sibling(path, door) {
  return join(dirname(path), door + path.slice(path.lastIndexOf('.')));
}

function startElsewhere(name, wanted) {
  const node = process.env.MAESTRO_NODE_TRIED === '1' ? null : findNode(wanted);
  if (node === null) {
    process.stderr.write(`${name} needs Node ${wanted.join('.')} or newer.\n  found: ${process.versions.node} (${process.execPath}), and no newer one in node_modules here or beside the package\n  try:   npm i -D node@24\n`);
    process.exitCode = 2;
    return;
  }
  const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: { ...process.env, MAESTRO_NODE_TRIED: '1' } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => { process.stderr.write(`${name}: ${node} did not start: ${error.message}\n`); process.exitCode = 2; });
  child.on('exit', (code, signal) => {
    if (signal === null) { process.exitCode = code ?? 2; return; }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

// A channel, as `startElsewhere` gives one, closes when its other end is gone, also by SIGKILL. Listening alone keeps nothing running.
function endWithStarter() {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}

// Type stripping and node:sqlite announce themselves on stderr with every start; everything else is still said.
function quietExperiments() {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => { if (warning.name !== 'ExperimentalWarning') for (const listener of listeners) listener(warning); });
}

// V8 frees WebAssembly code that was compiled anew, and now and then aborts the process over it ("jit_page.has_value()", nodejs/node 64500). Kept, it is a few megabytes.
function keepCompiledWasm() {
  setFlagsFromString('--no-wasm-code-gc');
}
