// `maestro certificate`: prints what was pushed beside a landing. It is JSON already; control characters stay escaped.
import { printable } from '../merge/branch.ts';
import { printJson, type Verb } from './verb.ts';
import { required, withControl } from './reach.ts';

const LINE_CHARS_MAX = 10_000;

export const certificate: Verb = {
  args: [['<id>', 'the landed request: its id, the beginning of it, or its branch']],
  flags: [],
  notes: 'It is held against its merge and the ledger first. Without Maestro the same text is in Git: git fetch origin refs/maestro/merge/<id> && git show FETCH_HEAD',
  run: (call) => withControl(call, async (control) => {
    const text = await control.certificate(required(call, 0, 'the id or branch'));
    if (call.json) printJson(call, JSON.parse(text));
    else call.terminal.out(text.trimEnd().split('\n').map((one) => printable(one, LINE_CHARS_MAX)).join('\n'));
    return 0;
  }),
};
