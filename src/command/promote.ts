// `maestro promote`: a target branch asks to enter its own next target, as an ordinary merge request.
import { printable, shortName } from '../merge/branch.ts';
import { printJson, type Verb } from './verb.ts';
import { required, whoAsks, withControl } from './reach.ts';
import { nameOf } from './render/request.ts';

export const promote: Verb = {
  args: [['<branch>', 'the target to send on, e.g. team/search']],
  flags: [],
  notes: '',
  run: (call) => withControl(call, async (control) => {
    const request = await control.promote(required(call, 0, 'the branch'), whoAsks(call.repo));
    if (call.json) printJson(call, request);
    else call.terminal.out(`Queued ${nameOf(request)} into ${printable(shortName(request.target))} as ${request.id}.`);
    return 0;
  }),
};
