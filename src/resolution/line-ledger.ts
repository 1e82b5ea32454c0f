// What became of the lines: kept, dropped, back from the dead, from nowhere. By side and by entity; white space does not count.
import type { ConflictFile } from './conflict-file.ts';
import { bareTextOf, linesOf, speaks } from './line.ts';
import type { Entity, Parser } from './syntax.ts';

export type LineLedger = {
  /** Lines that this side alone added and that are in the result. */
  readonly keptOurs: number;
  readonly keptTheirs: number;
  /** Missing in the result: added by exactly one side, or there on both (`both`), added by both or never touched. */
  readonly dropped: readonly LedgerLine[];
  /** In the base, deleted by exactly one side, in the result again. */
  readonly resurrected: readonly LedgerLine[];
  /** In none of the three texts. */
  readonly fromNowhere: readonly LedgerLine[];
};

export type LedgerLine = { readonly side: 'ours' | 'theirs' | 'both'; readonly text: string; /** Where it stood, e.g. `class Foo > method bar`, or '' */ readonly entity: string };

/** `at`: the first line of a bare text that says something. */
type Said = { readonly text: string; readonly at: ReadonlyMap<string, number> };

export function ledgerOf(file: Pick<ConflictFile, 'path' | 'base' | 'ours' | 'theirs'>, resolved: string, parser: Parser | null): LineLedger {
  const [base, ours, theirs, result] = [saidIn(file.base ?? ''), saidIn(file.ours), saidIn(file.theirs), saidIn(resolved)];
  const entityIn = (text: string): ((line: number) => string) => lazily(() => parser?.outline(file.path, text)?.entities ?? []);
  const places = { ours: entityIn(file.ours), theirs: entityIn(file.theirs), result: entityIn(resolved) };
  const addedBy = (side: Said, other: Said): readonly string[] => [...side.at.keys()].filter((key) => !base.at.has(key) && !other.at.has(key));
  const [oursAdded, theirsAdded] = [addedBy(ours, theirs), addedBy(theirs, ours)];
  const isMissing = (key: string): boolean => !result.at.has(key);
  return {
    keptOurs: oursAdded.filter((key) => !isMissing(key)).length,
    keptTheirs: theirsAdded.filter((key) => !isMissing(key)).length,
    dropped: [
      ...linesAt(oursAdded.filter(isMissing), 'ours', ours, places.ours),
      ...linesAt(theirsAdded.filter(isMissing), 'theirs', theirs, places.theirs),
      ...linesAt([...ours.at.keys()].filter((key) => theirs.at.has(key) && isMissing(key)), 'both', ours, places.ours),
    ],
    resurrected: [
      ...linesAt([...result.at.keys()].filter((key) => base.at.has(key) && !ours.at.has(key) && theirs.at.has(key)), 'ours', result, places.result),
      ...linesAt([...result.at.keys()].filter((key) => base.at.has(key) && ours.at.has(key) && !theirs.at.has(key)), 'theirs', result, places.result),
    ],
    fromNowhere: linesAt([...result.at.keys()].filter((key) => !base.at.has(key) && !ours.at.has(key) && !theirs.at.has(key)), 'both', result, places.result),
  };
}

function saidIn(text: string): Said {
  const at = new Map<string, number>();
  for (const [line, key] of bareTextOf(text).entries()) if (!at.has(key) && speaks(key)) at.set(key, line);
  return { text, at };
}

function linesAt(keys: readonly string[], side: LedgerLine['side'], said: Said, entityAt: (line: number) => string): readonly LedgerLine[] {
  const lines = keys.length === 0 ? [] : linesOf(said.text);
  return keys.map((key) => {
    const line = said.at.get(key) ?? -1;
    return { side, text: (lines[line] ?? '').trim(), entity: entityAt(line) };
  });
}

/** Most ledgers name no line, and parsing is what costs: the outline is asked for with the first line. */
function lazily(outline: () => readonly Entity[]): (line: number) => string {
  let entities: readonly Entity[] | null = null;
  return (line) => {
    entities ??= outline();
    // Parents come before their children, so the last that holds the line is the innermost.
    return entities.findLast((entity) => entity.startLine <= line && line < entity.endLine)?.key ?? '';
  };
}
