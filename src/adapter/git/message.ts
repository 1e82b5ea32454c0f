// The words of Maestro's own commits, and reading them back. Pure text: the same request always gives the same message.
import { printable, shortName } from '../../merge/branch.ts';
import type { MergeRequest } from '../../merge/request.ts';

export const IDENTITY = 'Maestro <maestro@localhost>';
const TITLE_CHARS_MAX = 200;
const MERGE_ID = 'Maestro-Merge-Id: ';
const BRANCH = 'Maestro-Branch: ';
const ROLLS_BACK = 'Maestro-Rolls-Back: ';

export function mergeMessage(request: MergeRequest): string {
  return `Merge ${shortName(request.branch)} into ${shortName(request.target)}\n\n${titleLine(request.title)}\n\n${trailers(request)}`;
}

export function rollbackMessage(request: MergeRequest, of: string): string {
  const title = request.title.replace(/^Roll back [0-9a-f]+: /, '');
  return `Roll back ${of}: ${titleLine(title)}\n\n${trailers(request)}${ROLLS_BACK}${of}\n`;
}

/** What a commit says it landed; null for a commit that is not Maestro's. `rollsBack`: a request. */
export function landedBy(message: string): { readonly request: string; readonly branch: string; readonly title: string; readonly rollsBack: string | null } | null {
  const lines = message.split('\n');
  const value = (key: string): string | null => lines.findLast((line) => line.startsWith(key))?.slice(key.length).trim() ?? null;
  const [request, branch] = [value(MERGE_ID), value(BRANCH)];
  if (request === null || branch === null) return null;
  const title = lines[0]?.startsWith('Merge ') === true ? lines[2] : lines[0];
  return { request, branch, title: title ?? '', rollsBack: value(ROLLS_BACK) };
}

function trailers(request: MergeRequest): string {
  return `${MERGE_ID}${request.id}\n${BRANCH}${shortName(request.branch)}\n`;
}

/** Never the marker on a line of its own: this message would be a signal. A single word is quoted, whatever the marker is. */
function titleLine(title: string): string {
  const line = printable(title.replace(/\s+/g, ' ').trim(), TITLE_CHARS_MAX).replace(/ READY_TO_MERGE$/, '');
  return /\s/.test(line) ? line : `"${line}"`;
}
