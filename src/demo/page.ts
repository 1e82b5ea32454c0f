// How the demo looks on a terminal: one passage in, a few painted lines out, none wider than a page.
import { line, paint, type Line, type Tone } from '../command/render/line.ts';
import { questionBox } from '../command/render/question.ts';
import { sidesOf } from '../command/render/sides.ts';
import { count, duration } from '../merge/wording.ts';
import { cut, fit, wrap } from '../command/render/width.ts';
import { thoughtLine, type Minds } from '../consensus/minds.ts';
import { printable } from '../merge/branch.ts';
import type { Resolution } from '../merge/request.ts';
import { MAESTRO } from './coordinator.ts';
import type { Answer, Kept, Passage, Summary } from './passage.ts';
import { MARKER } from './story.ts';

const PAGE_COLUMNS = 100;
const TIME_COLUMNS = 9;
const WHO_COLUMNS = 11;
const TEXT_COLUMNS = PAGE_COLUMNS - TIME_COLUMNS - WHO_COLUMNS;
const NAME_COLUMNS = 8;
const TITLE_CHARS_MAX = 200;

/** `columns`: the terminal's width; the page is never wider than its own. */
export function pageOf(passage: Passage, columns: number, colour: boolean): string {
  const width = Math.min(PAGE_COLUMNS, columns);
  switch (passage.kind) {
    case 'opening': return paint(opening(passage.source), colour);
    case 'cast': return paint(cast(passage), colour);
    case 'step': return step(passage, colour);
    case 'question': return paint(question(passage, width), colour);
    case 'answer': return `${paint([line('ask', `Choose [${passage.letters.join('/')}]:`)], colour)} ${paint([line('head', passage.letter)], colour)}\n`;
    case 'task': return paint(task(passage), colour);
    case 'summary': return paint(summary(passage), colour);
    case 'graph': return graph(passage, colour);
    case 'certificate': return paint(certificate(passage), colour);
    case 'closing': return paint(closing(passage), colour);
  }
}

function opening(source: string | null): readonly Line[] {
  const where = source === null ? 'a small project' : `a copy of ${printable(source)}`;
  return [line('head', 'Maestro demo: coding agents, one repository, real Git'), line('quiet', cut(`Setting the stage: a bare remote, ${where}, a clone for everybody, hooks, one coordinator ...`, PAGE_COLUMNS)), blank()];
}

function cast({ agents, voters, target, gate, pid }: Extract<Passage, { kind: 'cast' }>): readonly Line[] {
  const branchColumns = Math.max(...agents.map((agent) => agent.branch.length)) + 2;
  return [
    ...agents.map((agent) => line('plain', cut(`  ${agent.name.padEnd(NAME_COLUMNS)}${agent.branch.padEnd(branchColumns)}${printable(agent.subject, TITLE_CHARS_MAX)}`, PAGE_COLUMNS))),
    blank(),
    line('plain', `  Each works in a clone of its own, with Maestro's hooks, and has committed with ${MARKER}.`),
    line('plain', gate === null ? `  ${target} has no gate here: whatever merges lands.` : `  Gate of ${target}, read from .github/maestro.yml on ${target} itself: ${gate}`),
    ...wrap(`  Conflicts are heard by voters without a model or a key${votersIn(voters)}.`, PAGE_COLUMNS, '    ').map((text) => line('plain', text)),
    line('plain', `  Maestro runs as a process of its own (pid ${pid}); Casey started it with: maestro start`),
    blank(),
  ];
}

function votersIn(voters: Readonly<Record<string, string>>): string {
  const names = Object.entries(voters).map(([role, name]) => `${name} (${role})`);
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}

function step({ atMs, who, tone, text, more }: Extract<Passage, { kind: 'step' }>, colour: boolean): string {
  const [first = '', ...rest] = wrap(printable(text, TITLE_CHARS_MAX * 2), TEXT_COLUMNS, '  ');
  const head = piece('quiet', fit(clock(atMs), TIME_COLUMNS), colour) + piece(who === 'Maestro' ? 'plain' : 'head', fit(`[${who}]`, WHO_COLUMNS), colour) + piece(tone, first, colour);
  const indent = ' '.repeat(TIME_COLUMNS + WHO_COLUMNS);
  const quieter = more.flatMap((one) => wrap(`  ${printable(one, TITLE_CHARS_MAX * 2)}`, TEXT_COLUMNS, '  '));
  return [head, ...rest.map((one) => indent + piece(tone, one, colour)), ...quieter.map((one) => indent + piece('plain', one, colour))].join('\n');
}

function clock(atMs: number): string {
  return `T+${(Math.max(0, atMs) / 1000).toFixed(2)}s`;
}

function question({ request, question, place, claims }: Extract<Passage, { kind: 'question' }>, width: number): readonly Line[] {
  return [
    blank(),
    ...questionBox(request, question, width),
    blank(),
    ...claims.map((one) => line('plain', `  [${one.letter}] ${one.name.padEnd(NAME_COLUMNS)}${one.claim}`)),
    ...(place === null ? [] : [line('quiet', `  Both sides of ${place}, as maestro decide shows them:`)]),
    blank(),
    ...sidesOf(request, question.conflict, width),
  ];
}

function task({ agent, task }: Extract<Passage, { kind: 'task' }>): readonly Line[] {
  const rows: readonly (readonly [string, string])[] = [['File', task.path], ['Branch', task.branch], ['Feedback', task.text], ['Attached', `the ${dropped(task.patch)} as a patch (maestro inbox --patch)`]];
  const indent = ' '.repeat(12);
  return [
    blank(),
    line('head', `[${agent} Inbox] New refactor task:`),
    ...rows.flatMap(([name, text]) => wrap(`  ${`${name}:`.padEnd(10)}${printable(text, TITLE_CHARS_MAX * 4)}`, PAGE_COLUMNS, indent)).map((text) => line('plain', text)),
  ];
}

function dropped(patch: string): string {
  const lines = patch.split('\n').filter((one) => one.startsWith('+') && !one.startsWith('+++')).length;
  return lines === 0 ? 'dropped lines' : lines === 1 ? 'dropped line' : `${lines} dropped lines`;
}

function summary({ landings, answers, totalMs, target }: Summary): readonly Line[] {
  const clean = landings.filter((one) => one.settled === null);
  const agreed = landings.flatMap((one) => one.settled?.how === 'consensus' ? [one.settled.rounds] : []);
  const rounds = Math.max(0, ...agreed);
  const waits = clean.map((one) => `${one.agent} ${duration(one.landedAtMs - one.pushedAtMs)}`).join(', ');
  return [
    blank(),
    line('good', `[Maestro] All merges complete! Git on the remote agrees: ${target} contains all ${landings.length} branches.`),
    line('head', 'Summary:'),
    line('plain', `- ${count(landings.length, 'branch', 'branches')} processed`),
    line('plain', `- ${count(clean.length, 'clean merge')}`),
    line('plain', `- ${count(agreed.length, 'consensus-resolved conflict')}${rounds === 0 ? '' : ` (${count(rounds, 'round')})`}`),
    line('plain', `- ${count(answers.length, 'human escalation')}${answers.map(answerWords).join('')}`),
    line('plain', `- Total time: ${duration(totalMs)} (push to landed: ${waits})`),
    blank(),
  ];
}

function answerWords({ by, letter, waitedMs, landedAfterMs }: Answer): string {
  return ` (${printable(by)}: ${letter}, asked for ${duration(waitedMs)}, landed ${duration(landedAfterMs)} later)`;
}

function graph({ target, lines }: Extract<Passage, { kind: 'graph' }>, colour: boolean): string {
  const shown = lines.map((text) => {
    const [, rails = '', oid = '', refs = '', title = ''] = /^([*|/\\_ ]*)([0-9a-f]{7,40})?( \([^)]*\))?(.*)$/.exec(cut(printable(text.trimEnd(), TITLE_CHARS_MAX), PAGE_COLUMNS - 2)) ?? [];
    return `  ${piece('quiet', rails, colour)}${piece('ask', oid, colour)}${piece('good', refs, colour)}${title}`;
  });
  return [piece('head', `${target} of the remote, git log --graph --oneline:`, colour), ...shown, ''].join('\n');
}

function certificate({ id, branch, text }: Extract<Passage, { kind: 'certificate' }>): readonly Line[] {
  const rows = headline(text).map(([name, value]) => line('plain', cut(`  ${name.padEnd(12)}${value}`, PAGE_COLUMNS)));
  return [line('head', `Every landing leaves a certificate on the remote. That of ${branch}:`), ...rows, line('quiet', `  whole: maestro certificate ${id}, or git show refs/maestro/merge/${id}`), blank()];
}

/** The fields of merge/certificate.ts that a reader asks for first. */
type Certificate = {
  readonly merge: string;
  readonly tree: string;
  readonly gate: { readonly result: string; readonly command?: string; readonly ms?: number; readonly reusedFrom?: string };
  readonly resolution: (Pick<Resolution, 'by' | 'how' | 'choices'> & { readonly minds?: Minds['files'] }) | null;
  readonly undo: string;
};

function headline(text: string): readonly (readonly [string, string])[] {
  const { merge, tree, gate, resolution, undo } = JSON.parse(text) as Certificate;
  return [
    ['merge', merge],
    ['tree', tree],
    ['gate', gate.command === undefined ? gate.result : `${gate.result} on exactly this tree: ${printable(gate.command)}, ${gate.reusedFrom === undefined ? duration(gate.ms ?? 0) : `in the run of ${gate.reusedFrom}`}`],
    ['conflict', resolution === null ? 'none' : resolutionWords(resolution)],
    ['undo', undo],
  ];
}

function resolutionWords({ by, how, choices, minds = [] }: NonNullable<Certificate['resolution']>): string {
  return how === 'consensus' ? `by consensus: ${choices.join('')}, ${thoughtLine({ files: minds })}` : `answered ${choices.join('')} by ${printable(by)}`;
}

function closing({ rollback, kept }: Extract<Passage, { kind: 'closing' }>): readonly Line[] {
  if (kept !== null) return keptLines(kept, rollback);
  return [
    line('plain', `Undo a landing:  maestro rollback ${rollback}   (a gated inverse on top; no history is rewritten)`),
    line('plain', 'Play with it:    npm run demo -- --keep'),
    line('plain', 'On a copy:       npm run demo -- --repo <path or URL>   (the original is only read)'),
    line('plain', 'On your own:     npx maestro init && npx maestro-hooks install && npx maestro start'),
  ];
}

function keptLines({ root, casey, clones, remote, pid }: Kept, rollback: string): readonly Line[] {
  const [clone = root] = clones;
  return [
    line('head', `Left in place: ${root}`),
    line('plain', `  remote   ${remote}`),
    ...clones.map((path) => line('plain', `  clone    ${path}`)),
    line('plain', `  casey    ${casey}   (maestro start runs here, pid ${pid})`),
    blank(),
    line('head', 'Play:'),
    line('plain', `  alias maestro='node ${MAESTRO}'`),
    line('plain', `  cd ${casey}`),
    line('plain', '  maestro status --watch'),
    line('plain', `  maestro rollback ${rollback}`),
    line('plain', '  maestro inbox --patch'),
    line('plain', `  cd ${clone}`),
    line('plain', `  git commit --allow-empty -m 'Again ${MARKER}' && git push origin HEAD`),
    line('head', 'Stop and clean up:'),
    line('plain', `  kill ${pid} && rm -rf ${root}`),
  ];
}

function piece(tone: Tone, text: string, colour: boolean): string {
  return paint([line(tone, text)], colour);
}

function blank(): Line {
  return line('plain', '');
}
