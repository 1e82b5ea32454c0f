// The wire to a repository on this machine: one process of the remote's own side, as git would start three calls later. Knows no branch and no pack.
import { serve } from './run.ts';
import { ANSWER_BYTES_MAX, type Post, type Service } from './wire.ts';

/** The remote's config and hooks hold here: it is the remote that runs. */
export function overFolder(path: string, environment: () => Readonly<Record<string, string>>, ending: AbortSignal): Post {
  return async (service, body, timeoutMs) => {
    try {
      const env = { ...environment(), ...(service === 'git-upload-pack' ? { GIT_PROTOCOL: 'version=2' } : {}) };
      const { code, stdout } = await serve([COMMANDS[service], '--stateless-rpc', path], { input: body, env, timeoutMs, outputBytesMax: ANSWER_BYTES_MAX, signal: ending });
      return code === 0 ? { kind: 'body', body: stdout } : { kind: 'sent' };
    } catch {
      return { kind: 'sent' };
    }
  };
}

const COMMANDS: Readonly<Record<Service, string>> = { 'git-upload-pack': 'upload-pack', 'git-receive-pack': 'receive-pack' };
