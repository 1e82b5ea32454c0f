// `maestro resolve` as a filter: one JSON line in, one JSON line out, in order. A bad line costs itself and nothing else.
import type { Ladder } from '../../adapter/ladder/ladder.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import { findingOf, nothing, sureText, type Finding } from './finding.ts';
import { parseRequest, type LineId, type LineTrouble, type Request } from './request.ts';
import { Store } from './stored.ts';

export type FilterChoices = { readonly threshold: number; /** Null below the threshold. */ readonly onlySure: boolean; readonly optionsMax: number };

/** Files whose outcome may still come. */
const ASKED_MAX = 1000;
const ASKED_CHARS_MAX = 64 * 1024 * 1024;

type Asked = { readonly scope: string; readonly file: ConflictFile };

export async function* answersTo(lines: AsyncIterable<Buffer | 'too-long'>, ladder: Pick<Ladder, 'resolve' | 'learn'>, choices: FilterChoices): AsyncGenerator<string> {
  const [memory, store] = [new Memory(), new Store()];
  try {
    for await (const line of lines) {
      if (line !== 'too-long' && line.toString('latin1').trim() === '') continue;
      const answer = await answerTo(parseRequest(line), { ladder, memory, store, choices });
      if (answer !== null) yield JSON.stringify(answer);
    }
  } finally {
    await store.close();
  }
}

type Tools = { readonly ladder: Pick<Ladder, 'resolve' | 'learn'>; readonly memory: Memory; readonly store: Store; readonly choices: FilterChoices };

async function answerTo(request: Request, tools: Tools): Promise<object | null> {
  switch (request.kind) {
    case 'trouble': return troubled(request.id, request);
    case 'outcome': {
      const asked = tools.memory.take(request.id);
      if (asked !== null) await tools.ladder.learn({ ...asked, resolved: request.resolved });
      return null;
    }
    case 'file': return answerFor(request.id, request, tools);
    case 'tree': {
      const found = await tools.store.merge(request.stored);
      return found.kind === 'trouble' ? troubled(request.id, found) : { id: request.id, tree: found.tree, conflicts: found.conflicts };
    }
    case 'stored': {
      const { id, scope } = request;
      const found = await tools.store.file(request.stored);
      switch (found.kind) {
        case 'file': return answerFor(id, { scope, file: found.file }, tools);
        case 'unread': return told(id, nothing(found.why), tools.choices);
        case 'trouble': return troubled(id, found);
      }
    }
  }
}

async function answerFor(id: LineId, { scope, file }: Asked, { ladder, memory, choices }: Tools): Promise<object> {
  const answer = await ladder.resolve(scope, file);
  memory.put(id, { scope, file });
  return told(id, findingOf(answer), choices);
}

function troubled(id: LineId | null, { code, message }: { readonly code: LineTrouble; readonly message: string }): object {
  return { id, resolved: null, error: { code, message } };
}

function told(id: LineId, finding: Finding, { threshold, onlySure, optionsMax }: FilterChoices): object {
  const resolved = onlySure ? sureText(finding, threshold) : finding.resolved;
  const why = finding.why ?? (resolved === null ? 'not-sure' : null);
  return { id, resolved, confidence: finding.confidence, rung: finding.rung, options: finding.options.slice(0, optionsMax), ledger: finding.ledger, ...(why === null ? {} : { why }) };
}

/** What was asked lately; the oldest goes first. */
class Memory {
  readonly #asked = new Map<LineId, Asked>();
  #chars = 0;

  put(id: LineId, asked: Asked): void {
    this.take(id);
    this.#asked.set(id, asked);
    this.#chars += charsOf(asked);
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size <= ASKED_MAX && this.#chars <= ASKED_CHARS_MAX) return;
      this.take(oldest);
    }
  }

  take(id: LineId): Asked | null {
    const asked = this.#asked.get(id) ?? null;
    if (asked !== null) this.#chars -= charsOf(asked);
    this.#asked.delete(id);
    return asked;
  }
}

function charsOf({ file: { base, ours, theirs, earlier } }: Asked): number {
  return [base ?? '', ours, theirs, ...earlier?.ours ?? [], ...earlier?.theirs ?? []].reduce((sum, text) => sum + text.length, 0);
}
