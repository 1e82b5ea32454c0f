// A model behind HTTP on loopback, speaking OpenAI's chat shape and Anthropic's messages shape as far as a voter needs them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One question as the server got it. `labels`: what the options are called in it. */
export type Heard = { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: string; readonly text: string; readonly fence: string; readonly labels: readonly string[] };

/** Writes whatever it likes; `say` is the polite way to answer. */
export type Conduct = (heard: Heard, response: ServerResponse) => void;

export type ModelServer = { readonly url: string; readonly heard: readonly Heard[] };

export async function modelServer(conduct: Conduct): Promise<ModelServer> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const one = heardOf(request, body);
      heard.push(one);
      conduct(one, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, heard };
}

/** Answers with this text, in the shape of whichever API was called; `besides`: fields that are not as usual. */
export function say(heard: Heard, response: ServerResponse, text: string, besides: object = {}): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...shaped(heard, text), ...besides }));
}

/** A ballot that gives everything to what `choose` picks of the labels. */
export function ballotText(heard: Pick<Heard, 'fence' | 'labels'>, choose: (labels: readonly string[]) => string, probability = 0.9): string {
  const names = [...heard.labels, 'none'];
  const chosen = choose(heard.labels);
  const probabilities = names.map((option) => ({ option, probability: option === chosen ? probability : (1 - probability) / (names.length - 1) }));
  return JSON.stringify({ fence: heard.fence, probabilities, veto: null, reasons: ['line 1 keeps both'], comment: 'keeps both' });
}

/** Votes for the option whose text holds this, wherever it is shown. */
export function choosing(text: string, probability?: number, besides?: object): Conduct {
  return (heard, response) => say(heard, response, ballotText(heard, (labels) => labels.find((label) => optionText(heard, label).includes(text)) ?? 'none', probability), besides);
}

export function optionText(heard: Pick<Heard, 'fence' | 'text'>, label: string): string {
  const open = `BEGIN ${heard.fence} option ${label}\n`;
  const from = heard.text.indexOf(open) + open.length;
  return heard.text.slice(from, heard.text.indexOf(`END ${heard.fence} option ${label}`, from));
}

export function asksToWrite({ text }: Pick<Heard, 'text'>): boolean {
  return text.includes('"hunks": [');
}

export function heardIn(text: string): Pick<Heard, 'text' | 'fence' | 'labels'> {
  const fence = /\{"fence": "([^"]+)"/.exec(text)?.[1] ?? '';
  return { text, fence, labels: [...text.matchAll(new RegExp(`^BEGIN ${fence} option (\\S+)$`, 'gm'))].map((match) => match[1] ?? '') };
}

function heardOf(request: IncomingMessage, body: string): Heard {
  const { messages = [] } = body === '' ? {} : JSON.parse(body) as { readonly messages?: readonly { readonly content: string | readonly { readonly text: string }[] }[] };
  const text = messages.map(({ content }) => typeof content === 'string' ? content : content.map((part) => part.text).join('')).join('\n');
  return { path: request.url ?? '', headers: request.headers, body, ...heardIn(text) };
}

function shaped(heard: Heard, text: string): object {
  if (heard.path.endsWith('/messages')) {
    const wantsTool = heard.body.includes('"tool_choice"');
    const content = wantsTool ? [{ type: 'tool_use', id: 'toolu_1', name: 'json', input: JSON.parse(text) as unknown }] : [{ type: 'text', text }];
    return { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-served', content, stop_reason: wantsTool ? 'tool_use' : 'end_turn', stop_sequence: null, usage: { input_tokens: 100, output_tokens: 20 } };
  }
  return { id: 'c1', object: 'chat.completion', created: 1, model: 'served', choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }], usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 } };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
