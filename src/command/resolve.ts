// `maestro resolve`: the conflict ladder alone, without a coordinator: as a filter, inside git merge, as a mergetool, on a work tree.
import { once } from 'node:events';
import { fstatSync, realpathSync } from 'node:fs';
import type { Ladder } from '../adapter/ladder/ladder.ts';
import { openLadder } from '../compose-ladder.ts';
import { MaestroError } from '../error.ts';
import { findRepository } from '../hook/repository.ts';
import { printable } from '../merge/branch.ts';
import { OPTIONS_MAX } from '../resolution/conflict-file.ts';
import { line, paint, untabbed } from './render/line.ts';
import { backgroundOfRunningMerge } from './resolve/background.ts';
import { answersTo } from './resolve/filter.ts';
import { THRESHOLD } from './resolve/finding.ts';
import { LEFT_IN_CONFLICT, makeEdits, planInstall, planUninstall, type Edit } from './resolve/install.ts';
import { linesIn } from './resolve/line-reader.ts';
import { countOf, fractionOf } from './resolve/number.ts';
import { driveMerge, labelsFrom, mergeTool } from './resolve/three-files.ts';
import { resolveWorkTree, tableLines } from './resolve/work-tree.ts';
import { endTidily } from './stop.ts';
import { printJson, type Call, type Verb } from './verb.ts';

const ARGUMENTS_MAX = 10_000;
const STANDARD_INPUT = 0;
/** Neither settled nor left as git would. */
const DRIVER_FAILED = 2;
const NOT_SURE = 1;
const HINT_MS = 3000;

export const resolve: Verb = {
  args: [['[files...]', 'conflicted files of this work tree, or what Git hands over']],
  flags: [
    ['--threshold <0..1>', `how sure is sure (default ${THRESHOLD})`],
    ['--write', 'work tree: write what is sure over git\'s markers'],
    ['--only-sure', 'filter: "resolved" is null below the threshold'],
    ['--options <n>', `filter: at most so many options a line (default ${OPTIONS_MAX})`],
    ['--install-driver', 'make it this repository\'s merge driver and mergetool; FILES are patterns of .gitattributes, none is all'],
    ['--uninstall', 'take that away again, to the byte (also --install-driver --uninstall)'],
    ['--dry-run', 'install, uninstall and --write: only show what would change'],
    ['--driver', `what Git calls: BASE OURS THEIRS PATH; writes OURS, 0 when settled, ${LEFT_IN_CONFLICT} with git's markers in it`],
    ['--mergetool', 'what git mergetool calls: BASE LOCAL REMOTE MERGED; writes MERGED and ends with 0 when sure, else 1'],
  ],
  notes: [
    'With something on stdin it is a filter: JSON lines {id, path, base, ours, theirs, oursMessage?, theirsMessage?, oursLog?, theirsLog?, oursEarlier?, theirsEarlier?, merge?, scope?}',
    'are answered with {id, resolved, confidence, rung, options, ledger, why?}, in order; base is null where both sides added the path.',
    '"oursEarlier" and "theirsEarlier" are what the file was on each side since the two parted, newest first: where one side had the text of the other and went on, that decides most.',
    'A line {kind: "outcome", id, resolved} tells what was committed in the end: it teaches, for its scope, and is not answered.',
    'It says most of the other files of its merge: those with the same "merge", a name you choose, or without one those with the same messages and logs of both sides.',
    'A line {id, path, repoGitDir, ours, theirs, scope?} names the commits that meet, by full id, and the git directory they are in: their texts, logs and what was there before are read there.',
    'With kind: "tree" instead of a path it is answered with {id, tree, conflicts}: the tree that git merge-tree makes of them in a bare repository, where no .gitattributes count, or null and the paths in conflict. The repository is only read.',
    'A line that makes no sense is answered with {id, resolved: null, error}, and the filter goes on.',
    '',
    'With FILES, --write, --json, or nothing on stdin, it shows what it would make of the conflicts of this work tree (1 when one is left to you).',
    '--write puts it where the file is still as git left it, as a checkout would write it; it stages nothing.',
    'Where it is the merge driver, git does not tell it of -X ours and -X theirs: git -c merge.default=text merge -X ... asks git alone.',
  ].join('\n'),
  run,
};

async function run(call: Call): Promise<number> {
  if (call.has('uninstall')) return change(call, planUninstall(findRepository(call.repo)), 'It is Git\'s merge driver here no more.');
  if (call.has('installDriver')) return change(call, planInstall(findRepository(call.repo), wishOf(call)), 'git merge asks the ladder now; git mergetool --tool=maestro does so later.');
  const threshold = fractionOf(call, 'threshold') ?? THRESHOLD;
  const ladder = openLadder();
  endTidily('SIGINT', 'SIGTERM', 'SIGHUP');
  try {
    if (call.has('driver')) return await drive(call, ladder, threshold);
    if (call.has('mergetool')) return await tool(call, ladder, threshold);
    // Whoever starts programs often leaves them an open or empty stdin: nothing asked there is no filter.
    if (isFilter(call) && await filter(call, ladder, { threshold, onlySure: call.has('onlySure'), optionsMax: countOf(call, 'options') ?? OPTIONS_MAX }) > 0) return 0;
    return await workTree(call, ladder, threshold);
  } finally {
    await ladder.close();
  }
}

/** Something may come: a pipe or a file, neither a terminal nor /dev/null, and nothing that only a work tree knows. */
function isFilter(call: Call): boolean {
  if (call.arg(0) !== null || call.json || call.has('write')) return false;
  const stat = fstatSync(STANDARD_INPUT);
  return stat.isFIFO() || stat.isFile() || stat.isSocket();
}

/** How many lines there were. */
async function filter(call: Call, ladder: Ladder, choices: Parameters<typeof answersTo>[2]): Promise<number> {
  let lines = 0;
  const hint = setTimeout(() => call.terminal.err('maestro resolve: waiting for JSON lines on stdin; --write, --json or FILES look at the work tree instead'), HINT_MS);
  const counted = async function* (): ReturnType<typeof linesIn> {
    for await (const one of linesIn(process.stdin)) {
      clearTimeout(hint);
      lines += 1;
      yield one;
    }
  };
  try {
    for await (const answer of answersTo(counted(), ladder, choices)) if (!process.stdout.write(`${answer}\n`)) await once(process.stdout, 'drain');
  } finally {
    clearTimeout(hint);
  }
  return lines;
}

async function workTree(call: Call, ladder: Ladder, threshold: number): Promise<number> {
  const write = call.has('write') && !call.has('dryRun');
  const rows = await resolveWorkTree({ repo: call.repo, files: argumentsOf(call), threshold, write }, ladder);
  if (call.json) printJson(call, { files: rows.map(({ path, finding: { confidence, rung, why, ledger }, sure, written }) => ({ path, confidence, rung, sure, written, why, ledger })) });
  else call.terminal.out(paint(tableLines(rows, write), call.terminal.colour));
  return rows.every(({ sure, written }) => sure && (!write || written === 'yes')) ? 0 : NOT_SURE;
}

async function drive(call: Call, ladder: Ladder, threshold: number): Promise<number> {
  try {
    const [base, ours, theirs, path] = fourFiles(call, '--driver BASE OURS THEIRS PATH');
    const labels = labelsFrom(call.arg(4), call.arg(5), call.arg(6), call.arg(7));
    return await driveMerge({ base, ours, theirs, path, background: await backgroundOfRunningMerge(path) }, labels, ladder, threshold) ? 0 : LEFT_IN_CONFLICT;
  } catch (error) {
    call.terminal.err(`maestro resolve: ${error instanceof Error ? error.message : String(error)}`);
    return DRIVER_FAILED;
  }
}

async function tool(call: Call, ladder: Ladder, threshold: number): Promise<number> {
  const [base, ours, theirs, merged] = fourFiles(call, '--mergetool BASE LOCAL REMOTE MERGED');
  const { written, confidence, rung, why } = await mergeTool({ base, ours, theirs, path: merged, background: await backgroundOfRunningMerge(merged) }, merged, ladder, threshold);
  call.terminal.err(`${printable(merged)}: ${why ?? `${(100 * confidence).toFixed(0)} % sure (${rung})`}, ${written ? 'settled' : 'left as it is'}`);
  return written ? 0 : NOT_SURE;
}

function fourFiles(call: Call, form: string): readonly [string, string, string, string] {
  const [one, two, three, four] = [0, 1, 2, 3].map(call.arg);
  if (one && two && three && four) return [one, two, three, four];
  throw new MaestroError('usage', `four files are wanted: ${form}`);
}

function wishOf(call: Call): Parameters<typeof planInstall>[1] {
  return { command: [process.execPath, realpathSync(process.argv[1] ?? '')], threshold: fractionOf(call, 'threshold') === null ? null : call.value('threshold'), patterns: argumentsOf(call) };
}

function change(call: Call, edits: readonly Edit[], done: string): number {
  const dryRun = call.has('dryRun');
  if (!dryRun) makeEdits(edits);
  if (call.json) printJson(call, { written: !dryRun, edits: edits.map(({ path, before, after }) => ({ path, before, after })) });
  else call.terminal.out(paint(changeLines(edits, dryRun, done), call.terminal.colour));
  return 0;
}

function changeLines(edits: readonly Edit[], dryRun: boolean, done: string): Parameters<typeof paint>[0] {
  if (edits.length === 0) return [line('plain', 'It is like that already: nothing was changed.')];
  return [
    ...edits.map(({ path, before, after }) => line('plain', `${dryRun ? 'would ' : ''}${after === null ? 'remove' : before === null ? 'write' : 'edit'} ${printable(path)}`)),
    ...(dryRun ? edits.flatMap(({ before, after }) => addedLines(before, after)).map((text) => line('quiet', `  ${printable(untabbed(text), 2000)}`)) : [line('good', done)]),
  ];
}

function addedLines(before: string | null, after: string | null): readonly string[] {
  const known = new Set((before ?? '').split('\n'));
  return (after ?? '').split('\n').filter((text) => !known.has(text));
}

function argumentsOf(call: Call): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < ARGUMENTS_MAX; at += 1) {
    const given = call.arg(at);
    if (given === null) break;
    found.push(given);
  }
  return found;
}
