// A token for one repository of one installation: asked for when needed, kept until shortly before its end. Never printed, never saved.
import type { Clock } from '../../port/clock.ts';

/** Least privilege: what Maestro does on a repository, and nothing beside it. */
export const PERMISSIONS = { contents: 'write', checks: 'write', pull_requests: 'write', issues: 'write', statuses: 'read', metadata: 'read' } as const;

export type Minted = { readonly token: string; readonly endsAtMs: number };
/** Asks the forge for a token narrowed to this repository. */
export type Mint = () => Promise<Minted>;

export type TokenKeeper = {
  current(): Promise<string>;
  /** What it may do has changed: the next call asks for another. */
  forget(): void;
  /** The forge did not take this one: the next call asks for another. */
  drop(token: string): void;
};

// A push that begins with a token must be able to end with it.
const SPARE_MS = 5 * 60_000;

export function keepToken(mint: Mint, clock: Clock): TokenKeeper {
  let minted: Promise<Minted> | null = null;
  const ask = (): Promise<Minted> => {
    const asked = mint();
    // One that failed is asked for again by whoever comes next.
    asked.catch(() => {
      if (minted === asked) minted = null;
    });
    return asked;
  };
  return {
    current: async () => {
      const held = await (minted ??= ask());
      if (held.endsAtMs - SPARE_MS > clock.nowMs()) return held.token;
      minted = ask();
      return (await minted).token;
    },
    forget: () => {
      minted = null;
    },
    drop: (token) => {
      void minted?.then((held) => {
        if (held.token === token) minted = null;
      }, () => undefined);
    },
  };
}
