// X-Hub-Signature-256: HMAC-SHA256 over the raw bytes, counted up while they arrive. Knows no body and no answer.
import { createHmac, timingSafeEqual, type Hmac } from 'node:crypto';
import { MaestroError } from '../../error.ts';

export const SECRET_CHARS_MIN = 32;
// What Probot takes when nothing is set: everybody knows it.
const KNOWN_TO_EVERYBODY = 'development';
// Lower case and nothing else; two headers of this name arrive joined by a comma and do not match.
const HEADER = /^sha256=([0-9a-f]{64})$/;

/** The one in use, and during a rotation the one before it. */
export type Secrets = { readonly current: string; readonly previous: string | null };

/** Which secret fits: so that it can be seen when nobody signs with the previous one any more. */
export type SignedWith = keyof Secrets;

/** Throws `config-invalid` for a secret that could be guessed. */
export function checkSecrets({ current, previous }: Secrets): void {
  for (const secret of previous === null ? [current] : [current, previous]) {
    const trouble = troubleWith(secret);
    if (trouble !== null)
      throw new MaestroError('config-invalid', `WEBHOOK_SECRET ${trouble}: anybody could sign deliveries with it.`, {
        next: 'openssl rand -hex 32   (set it as WEBHOOK_SECRET here and as the webhook secret in the settings of the GitHub App)',
      });
  }
}

/** Null: it can be used. */
export function troubleWith(secret: string): string | null {
  if (secret === '') return 'is empty';
  if (secret === KNOWN_TO_EVERYBODY) return `is "${KNOWN_TO_EVERYBODY}"`;
  return secret.length < SECRET_CHARS_MIN ? `is shorter than ${SECRET_CHARS_MIN} characters` : null;
}

/** Null when the header is missing or is no such signature: nothing has to be read then. */
export function startSignature(secrets: Secrets, header: string | undefined): Signature | null {
  const hex = HEADER.exec(header ?? '')?.[1];
  return hex === undefined ? null : new Signature(secrets, Buffer.from(hex, 'hex'));
}

export class Signature {
  readonly #claimed: Buffer;
  readonly #counting: readonly (readonly [SignedWith, Hmac])[];

  constructor({ current, previous }: Secrets, claimed: Buffer) {
    this.#claimed = claimed;
    const own = ['current', createHmac('sha256', current)] as const;
    this.#counting = previous === null ? [own] : [own, ['previous', createHmac('sha256', previous)]];
  }

  update(chunk: Uint8Array): void {
    for (const [, hmac] of this.#counting) hmac.update(chunk);
  }

  /** Once, after the last byte. Each secret is tried, so that the time says nothing about which one fits. */
  verify(): SignedWith | null {
    const fits = this.#counting.filter(([, hmac]) => timingSafeEqual(hmac.digest(), this.#claimed));
    return fits[0]?.[0] ?? null;
  }
}
