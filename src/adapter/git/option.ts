// Every way to answer a conflict, built as commits, and what an answer drops. Gates nothing, asks nobody.
import { shortName } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Diff3Rule, Inverse } from '../../merge/effect.ts';
import type { MergeRequest, OptionLetter } from '../../merge/request.ts';
import type { BuiltOption } from '../../port/git.ts';
import type { Conflict } from '../../resolution/conflict.ts';
import { need, sidesOf } from './build.ts';
import type { BuildTools } from './build.ts';
import { fingerprintOf } from './conflict.ts';
import { dateOf } from './date.ts';
import { restore } from './inverse.ts';
import { IDENTITY, mergeMessage } from './message.ts';
import { applyChoices } from './settle.ts';
import { unitsOf } from './unit.ts';

const PARTNERS_NAMED_MAX = 2;

/** What was asked; `inverses` as in the build that met the conflict. */
export type Asking = { readonly request: MergeRequest; readonly onto: Oid; readonly conflict: Conflict; readonly diff3: Diff3Rule; readonly inverses: readonly Inverse[] };

/** [A], [B], and [C] where diff3 settles every path; none when the commits no longer give this conflict. */
export async function buildOptions(asking: Asking, tools: BuildTools): Promise<readonly BuiltOption[]> {
  const { request, onto, conflict } = asking;
  const { reader, writer } = tools;
  const [before, tip] = await Promise.all([need(reader, onto), need(reader, request.tip)]);
  const attributes = await tools.attributes.of(onto);
  if (attributes.kind === 'unusable') return [];
  const restored = await restore(tools, asking.inverses, request.tip, onto, before.tree, attributes.file);
  if (restored.kind === 'conflict') return [];
  const start = restored.tree === before.tree ? onto : writer.commit({ tree: restored.tree, parents: [onto], identity: IDENTITY, atMs: request.arrivedAtMs, message: 'restored' });
  const result = await tools.merger.merge(start, request.tip, attributes.file);
  if (result.kind === 'clean') return [];
  const sides = sidesOf(request, start);
  const units = unitsOf(result, sides);
  if (fingerprintOf(units) !== conflict.fingerprint) return [];
  const letters: readonly OptionLetter[] = asking.diff3 === 'off' ? ['A', 'B'] : ['A', 'B', 'C'];
  const options: BuiltOption[] = [];
  for (const letter of letters) {
    const settled = await applyChoices(tools, { result, units, sides }, [letter]);
    if (settled === null) continue;
    const commit = writer.commit({ tree: settled.tree, parents: [onto, request.tip], identity: IDENTITY, atMs: dateOf(request, [before, tip]), message: mergeMessage(request) });
    options.push({ letter, title: titleOf(letter, request, conflict), commit, tree: settled.tree, ledger: settled.ledger });
  }
  return options;
}

function titleOf(letter: OptionLetter, request: MergeRequest, conflict: Conflict): string {
  const names = conflict.partners.map((partner) => partner.branch).filter((name) => name !== '').slice(0, PARTNERS_NAMED_MAX);
  switch (letter) {
    case 'A': return `Keep ${shortName(request.target)}'s side${names.length === 0 ? '' : ` (${names.join(', ')})`}`;
    case 'B': return `Take ${shortName(request.branch)}'s side`;
    case 'C': return 'Keep both: they change different words of the same lines';
  }
}
