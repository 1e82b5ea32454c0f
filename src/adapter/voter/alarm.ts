// What was noticed around a round that no vote may settle: a person is asked, whatever the others say.
import type { Alarm } from '../../consensus/escalation.ts';
import type { VoterQuestion } from '../../port/voter.ts';
import type { Vote } from './panel.ts';
import { secretIn } from './secret.ts';
import { suspicionIn } from './suspicion.ts';

export function alarmsOf(question: VoterQuestion, votes: readonly Vote[]): readonly Alarm[] {
  const secret = secretIn(question);
  const suspicion = suspicionIn(question);
  const isSpent = votes.some((vote) => 'why' in vote && vote.why === 'budget');
  return [
    ...secret === null ? [] : [{ code: 'secret', why: `the conflict seems to hold a secret (${secret}); it was shown to nobody` } as const],
    ...suspicion === null ? [] : [{ code: 'injection', why: `a side of the conflict holds ${suspicion}: it may have been written to steer whoever judges it` } as const],
    ...isSpent ? [{ code: 'budget', why: 'what voters may cost today is spent' } as const] : [],
  ];
}
