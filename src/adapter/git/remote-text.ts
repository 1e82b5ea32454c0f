// The pieces of the texts that are kept on the remote, read as what anybody may have put there.
import { z } from 'zod';
import { parseBranch, parseOid } from '../../merge/branch.ts';
import type { RequestId } from '../../merge/request.ts';

export const LIST_MAX = 1000;

export const oid = z.string().transform((text, context) => parseOid(text) ?? refused(context, 'no object id'));
export const branch = z.string().transform((text, context) => {
  const parsed = parseBranch(text);
  return parsed.ok ? parsed.ref : refused(context, parsed.why);
});
export const id = z.string().regex(/^[0-9a-f]{12}$/).transform((text) => text as RequestId);
export const line = z.string().max(500);

function refused(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
