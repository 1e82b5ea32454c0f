// What Maestro's own merge in memory makes of two commits. Never instead of git's: it confirms, or it has nothing to say. Starts no process.
import type { Oid } from '../../merge/branch.ts';
import type { AttributeSource } from './attributes.ts';
import type { Library } from './library.ts';
import type { Reader } from './read.ts';

export type EngineOpinion =
  | { readonly kind: 'clean'; readonly tree: string }
  | { readonly kind: 'conflict' }
  /** Not modelled, not read, or not git's plain rules. */
  | { readonly kind: 'none'; readonly why: string };

export type Engine = { merge(onto: Oid, tip: Oid): Promise<EngineOpinion> };

export function openEngine(tools: { readonly attributes: AttributeSource; readonly reader: Reader; readonly library: Library }): Engine {
  return {
    merge: async (onto, tip) => {
      try {
        return await opinionOn(tools, onto, tip);
      } catch (error) {
        // Whatever is wrong with it, a second git is still there to ask.
        return none(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

async function opinionOn({ attributes, reader, library }: Parameters<typeof openEngine>[0], onto: Oid, tip: Oid): Promise<EngineOpinion> {
  const rules = await attributes.of(onto);
  if (rules.kind === 'unusable' || !rules.plain) return none('attributes');
  const [base, ...more] = await reader.mergeBases(onto, tip);
  if (base === undefined || more.length > 0) return none(`${base === undefined ? 0 : more.length + 1} merge bases`);
  const [root, ours, theirs] = await Promise.all([base, onto, tip].map(async (oid) => (await reader.commit(oid))?.tree));
  if (root === undefined || ours === undefined || theirs === undefined) return none('a commit is not there');
  const outcome = await library.merge(root, ours, theirs);
  switch (outcome.kind) {
    case 'clean': return { kind: 'clean', tree: outcome.tree.id };
    case 'conflict': return { kind: 'conflict' };
    case 'declined': return none(outcome.why.kind);
    case 'unread': return none(outcome.why);
  }
}

function none(why: string): EngineOpinion {
  return { kind: 'none', why };
}
