// All repositories the App is installed on, each with a coordinator, a ledger and a token of its own; nothing is shared but the process.
// News go to their repository; what a repository is called and where it lives is the opener's to know.
import { MaestroError } from '../error.ts';
import type { Control } from '../port/control.ts';
import type { Forge, News, RepositoryAt } from '../port/forge.ts';
import type { Conversation } from './conversation.ts';
import type { Presence } from './presence.ts';
import type { Service } from './service.ts';

export type Tenant = {
  readonly at: RepositoryAt;
  readonly service: Service;
  readonly control: Control;
  readonly forge: Forge;
  readonly presence: Presence;
  readonly conversation: Conversation;
  /** Something may have changed about the checks of this commit. */
  checked(commit: string): void;
  /** A merge queue may have let in this branch, or something into this target. */
  queueMoved(branch: string): void;
  /** What the App may do there has changed. */
  refresh(): void;
  close(): Promise<void>;
};

export type TenantOptions = {
  /** Throws MaestroError; a retryable one is tried again. */
  readonly open: (at: RepositoryAt) => Promise<Tenant>;
  /** Every repository the installation lets us work on. */
  readonly repositoriesOf: (installation: number) => Promise<readonly RepositoryAt[]>;
  readonly onTrouble: (text: string) => void;
};

const OPENING_AT_ONCE = 4;

export class Tenants {
  readonly #options: TenantOptions;
  readonly #open = new Map<number, Promise<Tenant>>();
  /** Nobody opens what is still being closed. */
  readonly #closing = new Map<number, Promise<void>>();
  #closed = false;

  constructor(options: TenantOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Those that are at work, for figures. One that is still opening is left out. */
  async all(): Promise<readonly Tenant[]> {
    const settled = await Promise.allSettled([...this.#open.values()]);
    return settled.flatMap((one) => one.status === 'fulfilled' ? [one.value] : []);
  }

  /** Opens every repository of these installations: what was pushed while nobody listened is seen by looking. */
  async openAll(installations: readonly number[]): Promise<void> {
    for (const installation of installations) {
      const all = await this.#options.repositoriesOf(installation);
      for (let at = 0; at < all.length; at += OPENING_AT_ONCE) await Promise.all(all.slice(at, at + OPENING_AT_ONCE).map((one) => this.#try(one)));
    }
  }

  /** Throws only what is worth hearing again. */
  async hear(news: News): Promise<void> {
    try {
      await this.#pass(news);
    } catch (error) {
      // What comes later, or a look at everything, finds what this was about.
      if (!(error instanceof MaestroError) || error.retryable || error.code === 'fenced') throw error;
      if (!isEmpty(error)) this.#options.onTrouble(error.message);
    }
  }

  /** Of a repository that is served already. Throws what ended its coordinator: the next one hears it. */
  async hearWith(tenant: Tenant, news: News): Promise<void> {
    tenant.service.requireAlive();
    switch (news.kind) {
      case 'moved': return tenant.service.hint(news.branch);
      case 'checked': return tenant.checked(news.commit);
      case 'queue': return tenant.queueMoved(news.branch);
      case 'said': return tenant.conversation.hear(news.said);
      case 'opened': return tenant.refresh();
      case 'nothing': case 'closed': case 'installation': return;
    }
  }

  async #pass(news: News): Promise<void> {
    switch (news.kind) {
      case 'nothing': return;
      case 'moved': case 'checked': case 'queue': case 'said': return this.hearWith(await this.#tenant(news.at), news);
      case 'opened': return this.#reopen(news.at);
      case 'closed': return this.#leave(news.repository, news.why);
      case 'installation': return this.#follow(news.installation, news.active);
    }
  }

  /** Its coordinator has ended: whatever comes next opens it anew. */
  async drop(repository: number): Promise<void> {
    await this.#leave(repository, null);
  }

  /** Opens nothing more: what is being opened ends soon, and what is heard is heard again by the next start. */
  stop(): void {
    this.#closed = true;
  }

  async close(): Promise<void> {
    this.stop();
    await Promise.allSettled([...this.#open.values()].map(async (tenant) => (await tenant).close()));
  }

  /** One that moved is opened anew under its new name, with the ledger of its id. Only this news and a look say so: late ones carry old names. */
  async #reopen(at: RepositoryAt): Promise<void> {
    const tenant = await this.#tenant(at);
    if (isSamePlace(tenant.at, at)) return;
    await this.#leave(at.id, null);
    await this.#tenant(at);
  }

  async #tenant(at: RepositoryAt): Promise<Tenant> {
    if (this.#closed) throw new MaestroError('unreachable', 'Maestro is stopping', { retryable: true });
    const held = this.#open.get(at.id);
    // Whoever comes while it is being opened does not fall with it: what they bring may be what was missing.
    if (held !== undefined) return held.catch(() => this.#begin(at));
    return this.#begin(at);
  }

  async #begin(at: RepositoryAt): Promise<Tenant> {
    const held = this.#open.get(at.id);
    if (held !== undefined) return held;
    const opening = (this.#closing.get(at.id) ?? Promise.resolve()).then(() => this.#options.open(at));
    this.#open.set(at.id, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#open.get(at.id) === opening) this.#open.delete(at.id);
      throw error;
    }
  }

  async #leave(repository: number, why: string | null): Promise<void> {
    const held = this.#open.get(repository);
    if (held === undefined) return;
    this.#open.delete(repository);
    const closing = this.#shut(held, why);
    const over = closing.catch(() => undefined).finally(() => {
      if (this.#closing.get(repository) === over) this.#closing.delete(repository);
    });
    this.#closing.set(repository, over);
    await closing;
  }

  async #shut(held: Promise<Tenant>, why: string | null): Promise<void> {
    const tenant = await held;
    if (why !== null) this.#options.onTrouble(`${tenant.at.owner}/${tenant.at.name} is left alone: ${why}`);
    await tenant.close();
  }

  /** A suspended or removed installation is left alone at once: its tokens are refused anyway. */
  async #follow(installation: number, active: boolean): Promise<void> {
    const wanted = active ? await this.#options.repositoriesOf(installation) : [];
    const ids = new Set(wanted.map((one) => one.id));
    for (const tenant of await this.all()) if (tenant.at.installation === installation && !ids.has(tenant.at.id)) await this.#leave(tenant.at.id, 'the App may no longer work on it');
    for (const tenant of await this.all()) if (tenant.at.installation === installation) tenant.refresh();
    for (const at of wanted) await this.#try(at);
  }

  /** One that cannot be opened is no reason to leave out the others. */
  async #try(at: RepositoryAt): Promise<void> {
    try {
      await this.#reopen(at);
    } catch (error) {
      if (!isEmpty(error)) this.#options.onTrouble(`${at.owner}/${at.name} could not be opened: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

export function isSamePlace(a: RepositoryAt, b: RepositoryAt): boolean {
  return a.owner === b.owner && a.name === b.name && a.installation === b.installation;
}

/** A repository without a commit is no trouble: its first push opens it. */
function isEmpty(error: unknown): boolean {
  return error instanceof MaestroError && error.code === 'no-commits';
}
