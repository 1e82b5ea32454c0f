// A conflicted file and the ladder's proposals as the case the room deliberates on: verified, with ledgers, equal ones made one.
import { createHash } from 'node:crypto';
import type { ConflictFile } from '../resolution/conflict-file.ts';
import { ledgerOf } from '../resolution/line-ledger.ts';
import type { Parser } from '../resolution/syntax.ts';
import { verify, type Objection as Finding } from '../resolution/verify.ts';
import { likenessOf, type Likeness } from './likeness.ts';
import { clustered, type Case, type Objection, type Option, type Precedent } from './option.ts';
import { count, quoted } from './text.ts';

/** As the ladder, or a voter, proposes it. */
export type Proposed = { readonly text: string; readonly rung: string; readonly probability: number };

/** What the ladder holds less likely than these is left to `none`: nobody reads two dozen texts, and each costs a parse. The sides
 *  themselves always stay, for a person is shown them. */
const PROPOSALS_MAX = 8;

export function caseOf(file: ConflictFile, conflictClass: string, proposals: readonly Proposed[], parser: Parser | null, precedent: Precedent | null): Case {
  const shapes = { ours: parser?.outline(file.path, file.ours) ?? null, theirs: parser?.outline(file.path, file.theirs) ?? null };
  const ranked = [...proposals].sort((a, b) => b.probability - a.probability);
  const best = ranked.filter(({ text }, at) => at < PROPOSALS_MAX || text === file.ours || text === file.theirs);
  const likeness = likenessOf(file);
  const options = clustered(best.map((proposal) => optionOf('', file, proposal, parser, likeness)));
  return { file, conflictClass, hunks: likeness.hunks, shapes, precedent, options: options.map((option, at) => ({ ...option, id: `o${at + 1}` })) };
}

/** The case with one candidate more, under the next name; the same where nothing new is in it. Names given before stay. */
export function withCandidate(subject: Case, proposal: Proposed, parser: Parser | null): Case {
  const option = optionOf(`o${subject.options.length + 1}`, subject.file, proposal, parser, likenessOf(subject.file));
  if (subject.options.some((known) => known.fingerprint === option.fingerprint)) return subject;
  return { ...subject, options: [...subject.options, option] };
}

/** How a `Precedent` or a lesson knows the text of an option again. */
export function fingerprintOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function optionOf(id: string, file: ConflictFile, { text, rung, probability }: Proposed, parser: Parser | null, likeness: Likeness): Option {
  const ledger = ledgerOf(file, text, parser);
  return {
    id, text, rung, probability, fingerprint: fingerprintOf(text), filling: likeness.fillingOf(text),
    ledger,
    objections: verify(file, text, parser, ledger).flatMap(objectionOf),
    shape: parser?.outline(file.path, text) ?? null,
    gate: 'not-run', behaviour: null,
  };
}

const KEYS_NAMED_MAX = 3;

/** What verification found, in words. Lines from nowhere are in the ledger, and how many are too many is a rule of the room. */
function objectionOf(finding: Finding): readonly Objection[] {
  const hard = (text: string): readonly Objection[] => [{ code: finding.code, text, hard: true }];
  switch (finding.code) {
    case 'markers': return hard(`a conflict marker is left in line ${finding.line}`);
    case 'syntax': return hard(`does not parse: ${count(finding.errors, 'error')}, the sides have ${finding.allowed}`);
    case 'repeated-keys': return hard(`says ${finding.keys.slice(0, KEYS_NAMED_MAX).map(quoted).join(', ')} twice in one object, and the last one counts`);
    case 'line-ends': return hard('its lines end otherwise than those of either side');
    case 'final-newline': return hard(`the newline at the end of the file is ${finding.state}`);
    case 'binary': return hard('holds bytes that are no text');
    case 'from-nowhere': return [];
  }
}
