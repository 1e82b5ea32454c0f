// The wire's line to a repository on this machine: one process of the remote's own side, as git would start three calls later. Knows no branch and no pack.
import { serve } from './run.ts';
import { ANSWER_BYTES_MAX, type Line, type Service } from './wire.ts';

const COMMANDS: Readonly<Record<Service, readonly string[]>> = {
  'git-upload-pack': ['-c', 'uploadpack.allowRefInWant=true', 'upload-pack'],
  'git-receive-pack': ['receive-pack'],
};

/** The remote's config and hooks hold here: it is the remote that runs. */
export function overFolder(path: string, environment: () => Readonly<Record<string, string>>, ending: AbortSignal): Line {
  return {
    takesNames: true,
    post: async (service, body, timeoutMs) => {
      let broken: unknown = null;
      const input = (): Promise<Buffer> => body().catch((error: unknown) => {
        broken = error;
        throw error;
      });
      try {
        const env = { ...environment(), ...(service === 'git-upload-pack' ? { GIT_PROTOCOL: 'version=2' } : {}) };
        const { code, stdout } = await serve([...COMMANDS[service], '--stateless-rpc', path], { input, env, timeoutMs, outputBytesMax: ANSWER_BYTES_MAX, signal: ending });
        return code === 0 ? { kind: 'body', body: stdout } : { kind: 'sent' };
      } catch {
        if (broken !== null) throw broken;
        return { kind: 'sent' };
      }
    },
  };
}
