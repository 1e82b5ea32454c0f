// The GitHub App itself: who it is, where it is installed, tokens for one repository at a time. Probot holds its key and signs for it.
import { Octokit } from '@octokit/rest';
import { Probot, ProbotOctokit } from 'probot';
import { z } from 'zod';
import { MaestroError } from '../../error.ts';
import type { RepositoryAt } from '../../port/forge.ts';
import { PAGE, pages } from './page.ts';
import type { AttemptPage } from './redelivery.ts';
import { PERMISSIONS, type Minted } from './token.ts';

export type AppOptions = { readonly appId: number; readonly privateKey: string; readonly baseUrl: string };

export type App = {
  readonly appId: number;
  readonly slug: string;
  /** What it asks for; an installation may not have accepted all of it yet. */
  readonly permissions: Readonly<Record<string, string>>;
  /** How far this machine's clock is ahead of GitHub's, as it was just seen. */
  readonly clockAheadMs: number;
  installations(): Promise<readonly number[]>;
  repositoriesOf(installation: number): Promise<readonly RepositoryAt[]>;
  /** For this repository alone, with no more than Maestro needs. */
  mint(at: RepositoryAt): Promise<Minted>;
  /** `cursor` null begins. */
  attempts(cursor: string | null): Promise<AttemptPage>;
  redeliver(id: number): Promise<void>;
};

const GRANTED = z.object({ workflows: z.string().optional(), merge_queues: z.enum(['read', 'write']).optional() });
type Allowed = typeof PERMISSIONS & { readonly workflows?: 'write'; readonly merge_queues?: 'read' | 'write' };

const PAGES_MAX = 50;
// Limits are obeyed by the caller of each repository. (Given as an object, Probot ignores them.)
const CALM = ProbotOctokit.defaults((options: object) => ({ ...options, throttle: { enabled: false }, retry: { enabled: false } }));

/** Asks GitHub who this key belongs to. Throws `config-invalid` when it does not know it. */
export async function openApp({ appId, privateKey, baseUrl }: AppOptions): Promise<App> {
  const probot = new Probot({ appId, privateKey, secret: 'not used: deliveries are checked at the door', baseUrl, Octokit: CALM, logLevel: 'fatal' });
  const octokit = await probot.auth();
  const { slug, permissions, clockAheadMs } = await whoAmI(octokit);

  /** Workflows and merge queues only where somebody granted them: GitHub gives no token at all that asks for more than that. */
  async function allowed(installation: number): Promise<Allowed> {
    const { data } = await octokit.rest.apps.getInstallation({ installation_id: installation });
    const { workflows, merge_queues: queues } = GRANTED.parse(data.permissions);
    return { ...PERMISSIONS, ...(workflows === 'write' ? { workflows } : {}), ...(queues === undefined ? {} : { merge_queues: queues }) };
  }

  async function mint(at: Pick<RepositoryAt, 'installation'>, repositories: readonly number[] | null): Promise<Minted> {
    try {
      const narrowed = repositories === null ? {} : { repository_ids: [...repositories], permissions: await allowed(at.installation) };
      const { data } = await octokit.rest.apps.createInstallationAccessToken({ installation_id: at.installation, ...narrowed });
      return { token: data.token, endsAtMs: Date.parse(data.expires_at) };
    } catch (error) {
      const mayPass = statusOf(error) >= 500 || statusOf(error) === 429 || /rate limit/i.test(wordsOf(error));
      throw new MaestroError(mayPass ? 'unreachable' : 'forge-refused', `GitHub gives no token for installation ${at.installation}: ${wordsOf(error)}`, { retryable: mayPass, next: 'look at the App\'s installation: suspended, removed, or permissions not yet accepted?' });
    }
  }

  return {
    appId, slug, permissions, clockAheadMs,
    mint: (at) => mint(at, [at.id]),
    installations: async () => (await pages(PAGES_MAX, async (page) => (await octokit.rest.apps.listInstallations({ per_page: PAGE, page })).data)).filter((one) => one.suspended_at === null || one.suspended_at === undefined).map((one) => one.id),
    repositoriesOf: async (installation) => {
      const { token } = await mint({ installation }, null);
      const api = new Octokit({ auth: token, baseUrl, userAgent: 'maestro' });
      const all = await pages(PAGES_MAX, async (page) => (await api.rest.apps.listReposAccessibleToInstallation({ per_page: PAGE, page })).data.repositories);
      return all.filter((one) => !one.archived).map((one) => ({ id: one.id, owner: one.owner.login, name: one.name, installation }));
    },
    attempts: async (cursor) => {
      const { data, headers } = await octokit.rest.apps.listWebhookDeliveries({ per_page: PAGE, ...(cursor === null ? {} : { cursor }) });
      const attempts = data.map((one) => ({ id: one.id, guid: one.guid, deliveredAtMs: Date.parse(one.delivered_at), statusCode: one.status_code }));
      const next = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(headers.link ?? '')?.[1];
      // Octokit encodes it again.
      return { attempts, next: next === undefined ? null : decodeURIComponent(next) };
    },
    redeliver: async (id) => void await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: id }),
  };
}

async function whoAmI(octokit: Octokit | InstanceType<typeof ProbotOctokit>): Promise<Pick<App, 'slug' | 'permissions' | 'clockAheadMs'>> {
  try {
    const { data, headers } = await octokit.rest.apps.getAuthenticated();
    const theirsMs = Date.parse(headers.date ?? '');
    if (data?.slug === undefined) throw new Error('it has no name');
    return { slug: data.slug, permissions: Object.fromEntries(Object.entries(data.permissions).map(([name, level]) => [name, String(level)])), clockAheadMs: Number.isNaN(theirsMs) ? 0 : Date.now() - theirsMs };
  } catch (error) {
    const status = statusOf(error);
    if (status >= 500) throw new MaestroError('unreachable', `GitHub does not answer: ${wordsOf(error)}`, { retryable: true, cause: error });
    throw new MaestroError('config-invalid', `GitHub does not know this App: ${wordsOf(error)}`, { next: 'check APP_ID and PRIVATE_KEY, and the clock of this machine' });
  }
}

/** 500 stands for no answer at all. */
function statusOf(error: unknown): number {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
