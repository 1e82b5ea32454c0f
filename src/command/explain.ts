// `maestro explain`: one merge request, what it waits for and why. Reads the ledger when no coordinator runs.
import { printJson, type Verb } from './verb.ts';
import { NOT_LIVE, required, withReadable } from './reach.ts';
import { explanationLines } from './render/explanation.ts';
import { line, paint } from './render/line.ts';
import { markedQuestion } from './render/question.ts';

export const explain: Verb = {
  args: [['<id>', 'a request id, the beginning of one (4 digits or more), or a branch (its latest request)']],
  flags: [],
  notes: '',
  run: (call) => withReadable(call, async (source, live) => {
    const found = await source.explain(required(call, 0, 'the id or branch'));
    if (call.json) printJson(call, { ...found, request: markedQuestion(found.request) });
    else call.terminal.out(paint([...(live ? [] : [line('ask', NOT_LIVE)]), ...explanationLines(found, call.terminal.columns())], call.terminal.colour));
    return 0;
  }),
};
