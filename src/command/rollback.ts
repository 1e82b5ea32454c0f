// `maestro rollback`: the inverse of a landed merge on top of its target, through the same gate and landing. History is only added to.
import { printable } from '../merge/branch.ts';
import type { RollbackPlan } from '../port/control.ts';
import { printJson, type Verb } from './verb.ts';
import { required, whoAsks, withControl } from './reach.ts';
import { line, paint, type Line } from './render/line.ts';

export const rollback: Verb = {
  args: [['<id>', 'the landed request: its id, the beginning of it, or its branch']],
  flags: [['--dry-run', 'only say whether it would apply cleanly, and what leans on it']],
  notes: 'Refused (4) when later work changed the same lines: roll that back first.',
  run: (call) => withControl(call, async (control) => {
    const id = required(call, 0, 'the id or branch');
    const plan = await control.rollback(id, whoAsks(call.repo), call.has('dryRun'));
    if (call.json) printJson(call, plan);
    else call.terminal.out(paint(planLines(id, plan), call.terminal.colour));
    return 0;
  }),
};

function planLines(id: string, { request, dependents }: RollbackPlan): readonly Line[] {
  return [
    request === null ? line('plain', `${printable(id)} can be rolled back cleanly. Nothing was changed (--dry-run).`) : line('good', `Queued the rollback of ${printable(id)} as ${request.id}. maestro explain ${request.id} tells how it went.`),
    ...dependents.map((one) => line('ask', `  later merge ${one.id} (${printable(one.branch)}): ${printable(one.why)}`)),
    ...(dependents.length === 0 ? [] : [line('plain', '  They stay landed; roll them back too if they make no sense without it.')]),
  ];
}
