// The ladder's end of the thread: takes one task after another. Knows no deadline; whoever asks has one.
import { resolveFile, type FileResolution, type LadderTools } from '../../resolution/ladder.ts';
import { ledgerOf } from '../../resolution/line-ledger.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import type { Parser } from '../../resolution/syntax.ts';
import type { Reply, Task } from './protocol.ts';

export type Lessons = NonNullable<LadderTools['lessons']>;

/** What outcomes taught, scope by scope. */
export type School = {
  /** Null: nothing yet. */
  lessonsOf(scope: string): Lessons | null;
  learn(scope: string, file: ConflictFile, resolution: FileResolution, resolved: string): void;
};

export type Bench = { readonly parser: Parser | null; readonly school: School };
export type Port = { on(event: 'message', heard: (task: Task) => void): unknown; postMessage(reply: Reply): void };

/** Resolutions kept for their outcomes; an outcome that comes later is worked out once more. */
const ANSWERS_KEPT_MAX = 16;

export function serveLadder(port: Port, bench: Bench): void {
  const answers = new Map<number, FileResolution>();
  port.on('message', (task) => port.postMessage(replyTo(task, bench, answers)));
  port.postMessage({ kind: 'ready' });
}

function replyTo(task: Task, bench: Bench, answers: Map<number, FileResolution>): Reply {
  switch (task.kind) {
    case 'resolve': {
      const resolution = resolve(task, bench);
      keep(answers, task.id, resolution);
      const best = bestText(resolution);
      return { kind: 'resolved', id: task.id, resolution, ledger: best === null ? null : ledgerOf(task.file, best, bench.parser) };
    }
    case 'learn': {
      const resolution = (task.asked === null ? undefined : answers.get(task.asked)) ?? resolve(task, bench);
      bench.school.learn(task.scope, task.file, resolution, task.resolved);
      return { kind: 'learned', id: task.id };
    }
  }
}

function resolve({ scope, file }: Task, { parser, school }: Bench): FileResolution {
  return resolveFile(file, { parser, lessons: school.lessonsOf(scope) });
}

function bestText(resolution: FileResolution): string | null {
  switch (resolution.kind) {
    case 'clean': return resolution.text;
    case 'proposals': return resolution.proposals[0]?.text ?? null;
    case 'declined': return null;
  }
}

function keep(answers: Map<number, FileResolution>, id: number, resolution: FileResolution): void {
  answers.set(id, resolution);
  const [oldest] = answers.keys();
  if (answers.size > ANSWERS_KEPT_MAX && oldest !== undefined) answers.delete(oldest);
}
