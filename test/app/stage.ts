// The App on the simulated GitHub: the real server on loopback, real deliveries, real pushes. The words its tests speak.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServer, type Server } from '../../src/compose-server.ts';
import { openGitHub, type GitHub } from '../harness/github/world.ts';
import type { Place } from '../harness/github/place.ts';
import type { Files } from '../harness/repository.ts';

export type Stage = {
  readonly github: GitHub;
  readonly repository: Place;
  server: Server;
  readonly troubles: string[];
  /** Pushes a marked commit. */
  ready(login: string, branch: string, files: Files, from?: string): Promise<string>;
  /** Waits until the last check run of the App on this commit has this conclusion, or is in this status. */
  checked(oid: string, stand: string): Promise<{ readonly title: string; readonly summary: string; readonly id: number }>;
  /** Waits until the branch's tip holds this text. */
  holds(branch: string, path: string, text: string): Promise<void>;
  /** The App's comments on an issue or pull request. */
  said(issue: number): readonly string[];
  reactions(comment: number): readonly string[];
  /** Comments and waits for the App's one answer to it. */
  asks(login: string, issue: number, body: string): Promise<{ readonly answer: string; readonly reaction: string }>;
  until<T>(what: string, look: () => T | null | Promise<T | null>): Promise<T>;
  /** `meanwhile` happens while nobody listens. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
};

const WAIT_MS = 120_000;
const LOOK_MS = 20;

export async function stage(files: Files, name = 'acme/app'): Promise<Stage> {
  const github = await openGitHub();
  const state = mkdtempSync(join(tmpdir(), 'maestro-app-'));
  const troubles: string[] = [];
  const start = async (): Promise<Server> => {
    const server = await openServer({
      appId: github.app.id, privateKey: github.app.privateKey, secrets: { current: github.app.secret, previous: null },
      apiUrl: github.url, webUrl: github.url, state, scale: null, host: '127.0.0.1', port: 0, log: { info: () => undefined, warn: (text) => void troubles.push(text) },
    });
    github.deliverTo(`http://127.0.0.1:${server.port}/api/github/webhooks`);
    return server;
  };
  const server = await start();
  const repository = await github.repository(name, files);
  const base = await repository.tip('main') ?? '';
  const until: Stage['until'] = async (what, look) => {
    const endMs = Date.now() + WAIT_MS;
    for (;;) {
      const found = await look();
      if (found !== null) return found;
      if (Date.now() > endMs) throw new Error(`waited in vain for ${what}; troubles: ${troubles.join(' | ')}; check runs: ${JSON.stringify(repository.now().checks.map((run) => [run.name, run.status, run.conclusion, run.output]))}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  const on: Stage = {
    github, repository, server, troubles, until,
    ready: (login, branch, changed, from = base) => repository.push(login, branch, changed, `Work on ${branch}\n\nREADY_TO_MERGE`, { from }),
    checked: (oid, stand) => until(`${oid} to be ${stand}`, () => {
      const run = repository.checkOf(oid, 'maestro');
      return run !== null && (run.conclusion === stand || run.status === stand) ? { id: run.id, title: run.output.title ?? '', summary: run.output.summary ?? '' } : null;
    }),
    holds: async (branch, path, text) => void await until(`${branch} to hold ${text}`, async () => ((await repository.read(branch, path))?.includes(text) === true ? true : null)),
    said: (issue) => repository.comments(issue).filter((one) => one.author === github.app.login).map((one) => one.body),
    reactions: (comment) => repository.now().reactions.filter((one) => one.on === 'comment' && one.target === comment).map((one) => one.content),
    asks: async (login, issue, body) => {
      const before = on.said(issue).find((one) => one.startsWith('<!-- maestro reply')) ?? '';
      const comment = repository.comment(login, issue, body);
      const reaction = await until(`a reaction to ${body}`, () => on.reactions(comment)[0] ?? null);
      const answer = await until(`an answer to ${body}`, () => on.said(issue).find((one) => one.startsWith('<!-- maestro reply') && one !== before) ?? null);
      return { answer: answer.split('\n').slice(1).join('\n'), reaction };
    },
    restart: async (meanwhile) => {
      await on.server.close();
      await meanwhile?.();
      on.server = await start();
    },
    close: async () => {
      await on.server.close();
      await github.close();
      rmSync(state, { recursive: true, force: true });
    },
  };
  return on;
}
