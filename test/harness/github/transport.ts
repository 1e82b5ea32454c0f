// Git over smart HTTP: `git http-backend` behind our door, with GitHub's permissions and branch rules in an update hook. Knows no API route.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Refusal, RefUpdate } from './rule.ts';

export type GitRequest = { readonly directory: string; readonly service: 'git-upload-pack' | 'git-receive-pack'; readonly path: string; readonly query: string; readonly body: Buffer; readonly headers: IncomingMessage['headers']; readonly method: string };
export type GitAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

/** Reads the plan of refusals; what needs objects is asked here, where they are. The chosen reason goes to `<plan>.refused`. */
const UPDATE_HOOK = `#!/bin/sh
[ -n "$GITHUB_PLAN" ] && [ -e "$GITHUB_PLAN" ] || exit 0
tab=$(printf '\\t')
zero=0000000000000000000000000000000000000000
while IFS="$tab" read -r ref when message reason; do
  [ "$ref" = "$1" ] || continue
  path=
  case $when in
    forced) [ "$2" = "$zero" ] && continue; git merge-base --is-ancestor "$2" "$3" && continue ;;
    workflow)
      if [ "$2" = "$zero" ]
      then path=$(git log --format= --name-only -m "$3" --not --all -- .github/workflows | head -1)
      else path=$(git diff-tree -r --name-only --diff-filter=d "$2" "$3" -- .github/workflows | head -1)
      fi
      [ -n "$path" ] || continue ;;
  esac
  [ "$message" = - ] || printf '%b\\n' "$message" >&2
  printf "%s\\t$reason\\n" "$ref" "$path" >> "$GITHUB_PLAN.refused"
  exit 1
done < "$GITHUB_PLAN"
exit 0
`;

export function installHook(directory: string): void {
  mkdirSync(join(directory, 'hooks'), { recursive: true });
  writeFileSync(join(directory, 'hooks', 'update'), UPDATE_HOOK);
  chmodSync(join(directory, 'hooks', 'update'), 0o755);
}

/** The commands at the head of a push: `old new ref`, until the first flush. */
export function commandsOf(body: Buffer): readonly RefUpdate[] {
  const found: RefUpdate[] = [];
  for (const line of packets(body)) {
    const [, old = '', young = '', ref = ''] = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([^\0\n]+)/.exec(line.toString('utf8')) ?? [];
    if (ref !== '') found.push({ ref, old, new: young });
  }
  return found;
}

export async function receive(request: GitRequest, refused: readonly Refusal[]): Promise<GitAnswer> {
  if (refused.length === 0) return backend(request, { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.hooksPath', GIT_CONFIG_VALUE_0: '/dev/null' });
  const folder = mkdtempSync(join(tmpdir(), 'maestro-github-push-'));
  const plan = join(folder, 'plan');
  writeFileSync(plan, refused.map((one) => [one.ref, one.when, one.said.length === 0 ? '-' : one.said.join(String.raw`\n`), one.reason].join('\t')).join('\n') + '\n');
  try {
    const answer = await backend(request, { GITHUB_PLAN: plan });
    if (!existsSync(`${plan}.refused`)) return answer;
    const reasons = new Map(readFileSync(`${plan}.refused`, 'utf8').split('\n').map((line) => line.split('\t') as [string, string]));
    return { ...answer, body: withReasons(answer.body, reasons) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** git's own CGI program. */
export function backend(request: GitRequest, extra: Readonly<Record<string, string>> = {}): Promise<GitAnswer> {
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '', LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_HTTP_EXPORT_ALL: '1', GIT_PROJECT_ROOT: request.directory, PATH_INFO: request.path,
    QUERY_STRING: request.query, REQUEST_METHOD: request.method, CONTENT_TYPE: request.headers['content-type'] ?? '', CONTENT_LENGTH: String(request.body.length), REMOTE_USER: 'x', REMOTE_ADDR: '127.0.0.1', ...extra,
  };
  const protocol = request.headers['git-protocol'];
  if (typeof protocol === 'string') env['GIT_PROTOCOL'] = protocol;
  if (request.headers['content-encoding'] !== undefined) env['HTTP_CONTENT_ENCODING'] = request.headers['content-encoding'];
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const out: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.on('error', reject);
    child.on('close', () => resolve(parseCgi(Buffer.concat(out))));
    // The program may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(request.body);
  });
}

function parseCgi(output: Buffer): GitAnswer {
  const end = output.indexOf('\r\n\r\n');
  const headers: Record<string, string> = {};
  for (const line of output.subarray(0, Math.max(end, 0)).toString('latin1').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { status = '200', ...rest } = headers;
  return { status: Number.parseInt(status, 10), headers: rest, body: output.subarray(end + 4) };
}

/** git says `hook declined` for every hook; GitHub says why, in the same place. */
function withReasons(body: Buffer, reasons: ReadonlyMap<string, string>): Buffer {
  const out: Buffer[] = [];
  for (const line of packets(body, true)) {
    if (line[0] !== 1) {
      out.push(line.length === 0 ? Buffer.from('0000') : packet(line));
      continue;
    }
    const inner = [...packets(line.subarray(1), true)].map((one) => {
      const [, ref = ''] = /^ng (\S+) hook declined/.exec(one.toString('utf8')) ?? [];
      const reason = reasons.get(ref);
      return one.length === 0 ? Buffer.from('0000') : packet(reason === undefined ? one : Buffer.from(`ng ${ref} ${reason}\n`));
    });
    out.push(packet(Buffer.concat([Buffer.from([1]), ...inner])));
  }
  return Buffer.concat(out);
}

function packet(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from((content.length + 4).toString(16).padStart(4, '0')), content]);
}

/** pkt-lines up to the first flush, or all of them with flushes as empty ones. */
function* packets(buffer: Buffer, all = false): Generator<Buffer> {
  for (let at = 0; at + 4 <= buffer.length;) {
    const length = Number.parseInt(buffer.subarray(at, at + 4).toString('latin1'), 16);
    if (length === 0 && !all) return;
    if (Number.isNaN(length)) return;
    yield length === 0 ? Buffer.alloc(0) : buffer.subarray(at + 4, at + length);
    at += Math.max(length, 4);
  }
}
