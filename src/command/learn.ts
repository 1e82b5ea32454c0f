// `maestro learn`: what past conflicts taught, as figures; forgotten on request; exported as the records it is made of.
import { learningReport, seedRecord } from '../consensus/report.ts';
import { MaestroError } from '../error.ts';
import { count } from '../merge/wording.ts';
import { NOT_LIVE, whoAsks, withControl, withReadable } from './reach.ts';
import { learningLines } from './render/learning.ts';
import { line, paint } from './render/line.ts';
import { printJson, type Call, type Verb } from './verb.ts';

export const learn: Verb = {
  args: [['[what]', 'show (default), reset, or export']],
  flags: [['--yes', 'reset: do not ask']],
  notes: 'The learning score, 0 to 100, says how much better Maestro\'s confidence foretells than always saying the base rate: 50 is no better,\n100 is sure and always right. Lessons are one repository\'s own; reset keeps them in the ledger and counts anew; export prints JSON lines.',
  run: (call) => {
    switch (call.arg(0) ?? 'show') {
      case 'show': return show(call);
      case 'export': return exported(call);
      case 'reset': return reset(call);
      default: throw new MaestroError('usage', `"${call.arg(0)}" is none of show, reset and export`, { next: 'maestro learn --help' });
    }
  },
};

function show(call: Call): Promise<number> {
  return withReadable(call, async (source, live) => {
    const nowMs = Date.now();
    const report = learningReport(await source.lessons(), nowMs);
    if (call.json) printJson(call, { ...report, lessons: report.lessons.map(seedRecord) });
    else call.terminal.out(paint([...(live ? [] : [line('ask', NOT_LIVE)]), ...learningLines(report, nowMs)], call.terminal.colour));
    return 0;
  });
}

function exported(call: Call): Promise<number> {
  return withReadable(call, async (source) => {
    for (const lesson of await source.lessons()) call.terminal.out(JSON.stringify(seedRecord(lesson)));
    return 0;
  });
}

function reset(call: Call): Promise<number> {
  return withControl(call, async (control) => {
    const lessons = await control.lessons();
    if (!call.has('yes') && !(await agreed(call, lessons.length))) return 0;
    await control.forget(whoAsks(call.repo));
    if (call.json) printJson(call, { forgotten: lessons.length });
    else call.terminal.out(`${count(lessons.length, 'lesson')} count no more; the ledger still has them.`);
    return 0;
  });
}

async function agreed(call: Call, lessons: number): Promise<boolean> {
  if (!call.terminal.canAsk) throw new MaestroError('usage', 'nobody is here to confirm it', { next: 'maestro learn reset --yes' });
  const answer = await call.terminal.ask(`Forget ${count(lessons, 'lesson')} and start counting anew? [y/N] `);
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}
