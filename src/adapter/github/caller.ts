// Every call to GitHub goes through here: the token, the limits, what to do when no answer came. Knows no verb.
import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { MaestroError } from '../../error.ts';
import type { Clock } from '../../port/clock.ts';
import { failureOf, refusal, type Failure } from './failure.ts';
import type { TokenKeeper } from './token.ts';

export type Api = Octokit;
/** Where the repository is now; it may have been renamed since. */
export type Name = { readonly owner: string; readonly repo: string };

export type Ask<T> = {
  /** For people: "open a pull request". */
  readonly what: string;
  readonly run: (api: Api, name: Name) => Promise<T>;
  /** For what must not be done twice: looks whether a try without an answer was done after all. */
  readonly find?: (api: Api, name: Name) => Promise<T | null>;
  /** It makes content that people are told of, of which GitHub takes only so much an hour. */
  readonly content?: boolean;
};

export type CallerOptions = { readonly baseUrl: string; readonly repositoryId: number; readonly name: Name; readonly tokens: TokenKeeper; readonly clock: Clock; readonly budget: ContentBudget };

const WHERE = z.object({ name: z.string(), owner: z.object({ login: z.string() }) });
const TRIES_MAX = 5;
const BACKOFF_FIRST_MS = 500;
const ANSWER_TIMEOUT_MS = 15_000;
/** Between writes, once GitHub has asked for calm. */
const CALM_MS = 1000;
const CALM_FOR_MS = 10 * 60_000;
const CONTENT_AN_HOUR = 300;
const HOUR_MS = 60 * 60_000;

/** Shared by all repositories of an installation, as the limit is. */
export type ContentBudget = { readonly spentAtMs: number[] };

export function newBudget(): ContentBudget {
  return { spentAtMs: [] };
}

export class Caller {
  readonly #options: CallerOptions;
  readonly #closing = new AbortController();
  #name: Name;
  #client: { readonly token: string; readonly api: Api } | null = null;
  #blockedUntilMs = 0;
  #calmUntilMs = 0;
  // One write after the other, as GitHub asks of its clients.
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#name = options.name;
  }

  get name(): Name {
    return this.#name;
  }

  close(): void {
    this.#closing.abort();
  }

  call<T>(ask: Ask<T>): Promise<T> {
    if (!isWrite(ask)) return this.#try(ask);
    const mine = this.#turn.then(() => this.#try(ask));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #try<T>(ask: Ask<T>): Promise<T> {
    const trial: Trial = { perhaps: false, renamed: false, why: '' };
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      await this.#free(ask);
      let token = '';
      let api: Api | null = null;
      try {
        token = await this.#options.tokens.current();
        api = this.#apiWith(token);
        const found = trial.perhaps && ask.find !== undefined ? await ask.find(api, this.#name) : null;
        if (found !== null) return found;
        // Counted before it is known to have been made: a lost answer may have made it.
        if (ask.content === true) this.#options.budget.spentAtMs.push(this.#options.clock.nowMs());
        return await ask.run(api, this.#name);
      } catch (error) {
        if (error instanceof MaestroError && !error.retryable) throw error;
        await this.#meet(failureOf(error, this.#options.clock.nowMs()), trial, { what: ask.what, token, api, tries });
      }
    }
    throw new MaestroError('unreachable', `GitHub did not ${ask.what}: ${trial.why}`, { retryable: true });
  }

  /** Returns where another try makes sense. */
  async #meet(failure: Failure, trial: Trial, { what, token, api, tries }: { readonly what: string; readonly token: string; readonly api: Api | null; readonly tries: number }): Promise<void> {
    switch (failure.kind) {
      case 'limited':
        this.#blockedUntilMs = Math.max(this.#blockedUntilMs, failure.untilMs);
        if (failure.secondary) this.#calmUntilMs = failure.untilMs + CALM_FOR_MS;
        trial.why = 'its limit is used up';
        return;
      case 'token':
        this.#options.tokens.drop(token);
        trial.why = 'it does not take the token';
        return;
      case 'lost':
        trial.perhaps = true;
        trial.why = failure.why;
        return this.#pause(BACKOFF_FIRST_MS * 2 ** tries);
      case 'gone':
        switch (trial.renamed || api === null ? 'here' : await this.#follow(api)) {
          case 'moved':
            trial.renamed = true;
            return;
          case 'here': throw refusal(what, failure.status, 'what it is about is not there any more (or the App may not see it)');
          case 'gone': throw refusal(what, failure.status, 'the repository is not there any more (or the App may not see it)');
        }
      case 'refused': throw refusal(what, failure.status, failure.why);
    }
  }

  /** The id stays when a repository is renamed or transferred. */
  async #follow(api: Api): Promise<'moved' | 'here' | 'gone'> {
    try {
      const answer: { readonly data: unknown } = await api.request('GET /repositories/{id}', { id: this.#options.repositoryId });
      const { name, owner } = WHERE.parse(answer.data);
      if (owner.login === this.#name.owner && name === this.#name.repo) return 'here';
      this.#name = { owner: owner.login, repo: name };
      return 'moved';
    } catch {
      return 'gone';
    }
  }

  async #free<T>(ask: Ask<T>): Promise<void> {
    const { clock, budget } = this.#options;
    if (isWrite(ask) && clock.nowMs() < this.#calmUntilMs) await this.#pause(CALM_MS);
    if (ask.content === true) await this.#pauseUntil(contentFreeAtMs(budget, clock.nowMs()));
    await this.#pauseUntil(this.#blockedUntilMs);
  }

  async #pauseUntil(atMs: number): Promise<void> {
    const { clock } = this.#options;
    if (atMs > clock.nowMs()) await this.#pause(atMs - clock.nowMs());
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#closing;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        forget();
        reject(new MaestroError('unreachable', 'closed while waiting for GitHub', { retryable: true }));
      };
      const forget = this.#options.clock.after(ms, () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** One client a token: making it costs as much as a call. */
  #apiWith(token: string): Api {
    if (this.#client?.token === token) return this.#client.api;
    const octokit = new Octokit({ auth: token, baseUrl: this.#options.baseUrl, userAgent: 'maestro', log: SILENT });
    octokit.hook.before('request', (request) => {
      request.request.signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    });
    octokit.hook.after('request', requireJson);
    this.#client = { token, api: octokit };
    return octokit;
  }
}

/** A page of a proxy, or half an answer, comes with 200: octokit hands it on as text. What was asked for may have been done. */
function requireJson({ data }: { readonly data: unknown }): void {
  if (typeof data === 'string' && data !== '') throw new Error('its answer was no JSON, or only a part of it');
}

type Trial = { perhaps: boolean; renamed: boolean; why: string };

function isWrite<T>(ask: Ask<T>): boolean {
  return ask.find !== undefined || ask.content === true;
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** When one more piece of content fits into the hour. */
function contentFreeAtMs({ spentAtMs }: ContentBudget, nowMs: number): number {
  while (spentAtMs[0] !== undefined && spentAtMs[0] <= nowMs - HOUR_MS) spentAtMs.shift();
  const oldest = spentAtMs[spentAtMs.length - CONTENT_AN_HOUR];
  return oldest === undefined ? nowMs : oldest + HOUR_MS;
}
