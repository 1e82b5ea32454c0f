// `maestro resume`: ends a pause, and an alarm whose cause is gone.
import { printable } from '../merge/branch.ts';
import { printJson, type Verb } from './verb.ts';
import { whoAsks, withControl } from './reach.ts';

export const resume: Verb = {
  args: [['[target]', 'the lane of this target branch; left out: every lane']],
  flags: [],
  notes: '',
  run: (call) => withControl(call, async (control) => {
    const done = await control.resume(call.arg(0), whoAsks(call.repo));
    if (call.json) printJson(call, done);
    else call.terminal.out(done.lanes.length === 0 ? 'There is no lane yet.' : `${done.lanes.map((lane) => printable(lane)).join(', ')} go${done.lanes.length === 1 ? 'es' : ''} on.`);
    return 0;
  }),
};
