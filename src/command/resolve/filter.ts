// `maestro resolve` as a filter: one JSON line in, one JSON line out, in order. A bad line costs itself and nothing else.
import type { Ladder } from '../../adapter/ladder/ladder.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import { findingOf, sureText, type Finding } from './finding.ts';
import { parseRequest, type LineId, type Request } from './request.ts';

export type FilterChoices = { readonly threshold: number; /** Null below the threshold. */ readonly onlySure: boolean; readonly optionsMax: number };

/** Files whose outcome may still come. */
const ASKED_MAX = 1000;
const ASKED_CHARS_MAX = 64 * 1024 * 1024;

type Asked = { readonly scope: string; readonly file: ConflictFile };

export async function* answersTo(lines: AsyncIterable<Buffer | 'too-long'>, ladder: Pick<Ladder, 'resolve' | 'learn'>, choices: FilterChoices): AsyncGenerator<string> {
  const memory = new Memory();
  for await (const line of lines) {
    if (line !== 'too-long' && line.toString('latin1').trim() === '') continue;
    const answer = await answerTo(parseRequest(line), ladder, memory, choices);
    if (answer !== null) yield JSON.stringify(answer);
  }
}

async function answerTo(request: Request, ladder: Pick<Ladder, 'resolve' | 'learn'>, memory: Memory, choices: FilterChoices): Promise<object | null> {
  switch (request.kind) {
    case 'trouble': return { id: request.id, resolved: null, error: { code: request.code, message: request.message } };
    case 'outcome': {
      const asked = memory.take(request.id);
      if (asked !== null) await ladder.learn({ ...asked, resolved: request.resolved });
      return null;
    }
    case 'file': {
      const { id, scope, file } = request;
      const answer = await ladder.resolve(scope, file);
      memory.put(id, { scope, file });
      return told(id, findingOf(answer), choices);
    }
  }
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
