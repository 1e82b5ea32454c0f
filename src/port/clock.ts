// Time, handed in. The only source of it for everything that decides.

export type Clock = {
  /** Milliseconds since 1970, UTC. May jump: never used for order. */
  nowMs(): number;
  /** Runs `work` once after `delayMs`; the returned function forgets it. */
  after(delayMs: number, work: () => void): () => void;
};
