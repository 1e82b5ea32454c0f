// `maestro pause`: a paused lane starts nothing more; what is being pushed right now may still land.
import { printable } from '../merge/branch.ts';
import { count } from '../merge/wording.ts';
import { printJson, type Verb } from './verb.ts';
import { whoAsks, withControl } from './reach.ts';

export const pause: Verb = {
  args: [['[target]', 'the lane of this target branch; left out: every lane']],
  flags: [],
  notes: '',
  run: (call) => withControl(call, async (control) => {
    const done = await control.pause(call.arg(0), whoAsks(call.repo));
    if (call.json) printJson(call, done);
    else call.terminal.out(done.lanes.length === 0 ? 'There is no lane yet; nothing to pause.' : `Paused ${done.lanes.map((lane) => printable(lane)).join(', ')}.${done.inFlight.length === 0 ? '' : ` ${count(done.inFlight.length, 'step')} under way may still end.`} maestro resume goes on.`);
    return 0;
  }),
};
