// `maestro retry`: a rejected, cancelled or rolled-back merge request is queued again as it is.
import { printable, shortName } from '../merge/branch.ts';
import { printJson, type Verb } from './verb.ts';
import { required, whoAsks, withControl } from './reach.ts';
import { nameOf } from './render/request.ts';

export const retry: Verb = {
  args: [['<id>', 'a request id, the beginning of one, or a branch']],
  flags: [],
  notes: '',
  run: (call) => withControl(call, async (control) => {
    const request = await control.retry(required(call, 0, 'the id or branch'), whoAsks(call.repo));
    if (call.json) printJson(call, request);
    else call.terminal.out(`Queued ${nameOf(request)} into ${printable(shortName(request.target))} again (${request.id}).`);
    return 0;
  }),
};
