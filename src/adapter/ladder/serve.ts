// The ladder's end of the thread: takes one task after another. Knows no deadline; whoever asks has one.
import { caseOf, fingerprintOf, withCandidate } from '../../consensus/case.ts';
import type { Alarm } from '../../consensus/escalation.ts';
import type { Case } from '../../consensus/option.ts';
import type { Study } from '../../port/minds.ts';
import { pathKind } from '../../resolution/kind.ts';
import { settledTest, sideText } from '../../resolution/settled.ts';
import { resolveFile, sketchOf, TEXT_MAX, type FileResolution, type LadderTools, type Proposal } from '../../resolution/ladder.ts';
import { ledgerOf } from '../../resolution/line-ledger.ts';
import { HUNKS_MAX, type ConflictFile } from '../../resolution/conflict-file.ts';
import type { Parser } from '../../resolution/syntax.ts';
import type { Reply, Task } from './protocol.ts';

export type Lessons = NonNullable<LadderTools['lessons']>;

/** What outcomes taught, scope by scope. */
export type School = {
  /** Null: nothing yet. */
  lessonsOf(scope: string): Lessons | null;
  /** `best`: what was proposed for it, where that is still known. */
  learn(scope: string, file: ConflictFile, resolved: string, best: Proposal | null): void;
  forget(scope: string): void;
};

export type Bench = { readonly parser: Parser | null; readonly school: School };
type FileTask = Pick<Extract<Task, { file: ConflictFile }>, 'scope' | 'file'>;
export type Port = { on(event: 'message', heard: (task: Task) => void): unknown; postMessage(reply: Reply): void };

/** Files proposed for lately: an outcome that comes later says nothing of how sure to be. */
const PROPOSED_MAX = 64;

export function serveLadder(port: Port, bench: Bench): void {
  const proposed = new Map<string, Proposal>();
  port.on('message', (task) => {
    if (task.kind === 'resolve' && isLong(task.file)) port.postMessage({ kind: 'sketched', id: task.id, plain: sketchOf(task.file) });
    port.postMessage(replyTo(task, bench, proposed));
  });
  port.postMessage({ kind: 'ready' });
}

/** Where the deadline may be met on a busy machine. */
const LONG_CHARS_MIN = 100_000;

function isLong({ base, ours, theirs }: ConflictFile): boolean {
  return (base ?? '').length + ours.length + theirs.length >= LONG_CHARS_MIN;
}

function replyTo(task: Task, bench: Bench, proposed: Map<string, Proposal>): Reply {
  switch (task.kind) {
    case 'resolve': {
      const resolution = resolve(task, bench);
      const best = bestText(resolution);
      keep(proposed, task, resolution);
      return { kind: 'resolved', id: task.id, resolution, ledger: best === null ? null : ledgerOf(task.file, best, bench.parser) };
    }
    case 'study': return { kind: 'studied', id: task.id, study: studied(task.file, resolve(task, bench), bench.parser) };
    case 'weigh': return { kind: 'weighed', id: task.id, subject: settledTest(task.subject.file)(task.proposed.text) ? withCandidate(task.subject, task.proposed, bench.parser) : task.subject };
    case 'learn': {
      bench.school.learn(task.scope, task.file, task.resolved, proposed.get(nameOf(task)) ?? null);
      proposed.delete(nameOf(task));
      return { kind: 'learned', id: task.id };
    }
    case 'forget':
      bench.school.forget(task.scope);
      return { kind: 'forgotten', id: task.id };
  }
}

function keep(proposed: Map<string, Proposal>, task: FileTask, resolution: FileResolution): void {
  const best = resolution.kind === 'proposals' ? resolution.proposals[0] : undefined;
  if (best !== undefined) proposed.set(nameOf(task), best);
  const [oldest] = proposed.keys();
  if (proposed.size > PROPOSED_MAX && oldest !== undefined) proposed.delete(oldest);
}

function nameOf({ scope, file }: FileTask): string {
  return `${scope}\0${file.path}\0${fingerprintOf(`${file.ours}\0${file.theirs}`)}`;
}

function resolve({ scope, file }: FileTask, { parser, school }: Bench): FileResolution {
  return resolveFile(file, { parser, lessons: school.lessonsOf(scope) });
}

/** Proposals the room deliberates on besides both sides: as many as there are letters for. */
const PROPOSALS_MAX = 3;

function studied(file: ConflictFile, resolution: FileResolution, parser: Parser | null): Study {
  switch (resolution.kind) {
    case 'clean': return { kind: 'alarm', alarm: { code: 'unread', why: 'merges line by line, though git calls it a conflict' } };
    case 'declined': return { kind: 'alarm', alarm: alarmOf(resolution.why) };
    case 'proposals': return { kind: 'case', subject: subjectOf(file, resolution.proposals, parser) };
  }
}

function alarmOf(why: Extract<FileResolution, { kind: 'declined' }>['why']): Alarm {
  switch (why) {
    case 'too-large': return { code: 'too-large', why: `has more than ${TEXT_MAX.toLocaleString('en')} characters` };
    case 'binary': return { code: 'binary', why: 'holds bytes that are no text' };
    case 'too-many-hunks': return { code: 'too-large', why: `is in conflict at more than ${HUNKS_MAX} places` };
  }
}

function subjectOf(file: ConflictFile, proposals: readonly Proposal[], parser: Parser | null): Case {
  const sides = [sideText(file, 'ours'), sideText(file, 'theirs')];
  // A resolution changes nothing but what git left open.
  const mayLand = settledTest(file);
  const allowed = proposals.filter((proposal) => mayLand(proposal.text));
  const proposed = allowed.filter((proposal) => !sides.includes(proposal.text)).slice(0, PROPOSALS_MAX);
  const best = allowed.filter((proposal) => proposed.includes(proposal) || sides.includes(proposal.text));
  return caseOf(file, conflictClass(file), best, parser, null);
}

function conflictClass({ path, base }: ConflictFile): string {
  return `${base === null ? 'both-added' : 'both-changed'} ${pathKind(path)}`;
}

function bestText(resolution: FileResolution): string | null {
  switch (resolution.kind) {
    case 'clean': return resolution.text;
    case 'proposals': return resolution.proposals[0]?.text ?? null;
    case 'declined': return null;
  }
}
