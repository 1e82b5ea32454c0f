// The wire's line to a forge: smart HTTP over connections that stay open. Knows no branch and no pack.
import { authorization } from './credentials.ts';
import { ANSWER_BYTES_MAX, type Line, type Reply } from './wire.ts';

export function overHttp(url: string, token: () => Promise<string>, ending: AbortSignal): Line {
  return {
    takesNames: false,
    post: async (service, body, timeoutMs) => {
      const headers = {
        'authorization': authorization(await token()), 'content-type': `application/x-${service}-request`, 'accept': `application/x-${service}-result`,
        // GitHub speaks git to whoever says that he is git.
        'user-agent': 'git/maestro', ...(service === 'git-upload-pack' ? { 'git-protocol': 'version=2' } : {}),
      };
      const signal = AbortSignal.any([ending, AbortSignal.timeout(timeoutMs)]);
      // A redirect is for git to follow: it knows whom a token may be shown to.
      return send(`${url}/${service}`, { method: 'POST', headers, body: await body(), redirect: 'manual', signal });
    },
  };
}

async function send(url: string, request: RequestInit & { readonly headers: Readonly<Record<string, string>> }): Promise<Reply> {
  try {
    const response = await fetch(url, request);
    const isAnswer = response.status === 200 && response.headers.get('content-type') === request.headers['accept'];
    const whole = isAnswer ? await bounded(response) : null;
    if (!isAnswer) await response.body?.cancel();
    if (whole !== null) return { kind: 'body', body: whole };
    return response.status >= 300 && response.status < 500 ? { kind: 'refused' } : { kind: 'sent' };
  } catch {
    return { kind: 'sent' };
  }
}

async function bounded(response: Response): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
