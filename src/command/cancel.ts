// `maestro cancel`: an open merge request leaves the queue; its branch stays as it is.
import { printJson, type Verb } from './verb.ts';
import { required, whoAsks, withControl } from './reach.ts';
import { nameOf } from './render/request.ts';

export const cancel: Verb = {
  args: [['<id>', 'a request id, the beginning of one, or a branch']],
  flags: [],
  notes: '',
  run: (call) => withControl(call, async (control) => {
    const request = await control.cancel(required(call, 0, 'the id or branch'), whoAsks(call.repo));
    if (call.json) printJson(call, request);
    else call.terminal.out(`Cancelled ${nameOf(request)} (${request.id}). maestro retry ${request.id} queues it again.`);
    return 0;
  }),
};
