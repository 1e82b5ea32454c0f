// Looks at live branches of one target by merging them, for show only. Writes no ref and nothing into the mirror.
import type { RadarAsk, RadarLane } from '../merge/radar.ts';

export type Survey = {
  /** All tips are in the mirror. What was seen of a target before is kept: only what moved is looked at again. */
  survey(ask: RadarAsk): Promise<RadarLane>;
  close(): Promise<void>;
};
