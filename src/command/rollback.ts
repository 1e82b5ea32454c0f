// `maestro rollback`: the inverse of a landed merge on top of its target, through the same gate and landing. History is only added to.
import { printable } from '../merge/branch.ts';
import type { RollbackPlan } from '../port/control.ts';
import { printJson, type Verb } from './verb.ts';
import { required, whoAsks, withControl } from './reach.ts';
import { line, paint, type Line } from './render/line.ts';

const NOT_CLEAN = 4;

export const rollback: Verb = {
  args: [['<id>', 'the landed request: its id, the beginning of it, or its branch']],
  flags: [['--dry-run', 'only say whether it would apply cleanly, and what leans on it']],
  notes: 'Refused (4) when later work changed the same lines: roll that back first. --dry-run then shows the plan and exits 4 too.',
  run: (call) => withControl(call, async (control) => {
    const id = required(call, 0, 'the id or branch');
    const plan = await control.rollback(id, whoAsks(call.repo), call.has('dryRun'));
    if (call.json) printJson(call, plan);
    else call.terminal.out(paint(planLines(id, plan), call.terminal.colour));
    return plan.clean ? 0 : NOT_CLEAN;
  }),
};

function planLines(id: string, plan: RollbackPlan): readonly Line[] {
  const { dependents } = plan;
  const [newest] = dependents;
  return [
    headLine(id, plan),
    ...dependents.map((one) => line('ask', `  later merge ${one.id} (${printable(one.branch)}): ${printable(one.why)}`)),
    ...(newest === undefined ? [] : [line('plain', plan.clean ? '  They stay landed; roll them back too if they make no sense without it.' : `  next: maestro rollback ${newest.id}`)]),
  ];
}

function headLine(id: string, { request, clean, conflictPaths }: RollbackPlan): Line {
  if (request !== null) return line('good', `${printable(id)} is being rolled back by ${request.id}. maestro explain ${request.id} tells how it went.`);
  if (clean) return line('plain', `${printable(id)} can be rolled back cleanly. Nothing was changed (--dry-run).`);
  return line('bad', `${printable(id)} cannot be rolled back cleanly: later work changed ${conflictPaths.map((path) => printable(path)).join(', ')}. Nothing was changed (--dry-run).`);
}
