// How our own comments and issues are found again: a mark in the body that no reader sees, in something that we wrote.
import { marked } from '../../merge/markdown.ts';
import type { Told } from '../../port/forge.ts';
import type { Api, Name } from './caller.ts';

/** `text`: with the mark. */
export type Comment = { readonly told: Told; readonly text: string };

const PAGE = 100;
const PAGES_MAX = 10;

export async function findComment(api: Api, name: Name, pull: number, key: string, me: string): Promise<Comment | null> {
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { data } = await api.rest.issues.listComments({ ...name, issue_number: pull, per_page: PAGE, page });
    const found = data.find((comment) => comment.user?.login === me && comment.body?.startsWith(markOf(key)) === true);
    if (found !== undefined) return commentIn(found);
    if (data.length < PAGE) break;
  }
  return null;
}

/** Edited, it says something else: from then on. */
export function commentIn({ id, updated_at: at, body }: { readonly id: number; readonly updated_at: string; readonly body?: string }): Comment {
  return { told: { id, atMs: Date.parse(at) }, text: body ?? '' };
}

export async function findIssue(api: Api, name: Name, key: string, me: string): Promise<number | null> {
  const { data } = await api.rest.issues.listForRepo({ ...name, creator: me, state: 'all', sort: 'created', direction: 'desc', per_page: PAGE });
  return data.find((issue) => issue.body?.startsWith(markOf(key)) === true)?.number ?? null;
}

function markOf(key: string): string {
  return marked(key, '').trimEnd();
}
