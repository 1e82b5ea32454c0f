// The voters that need no key, each with evidence of its own. The same case gives the same ballots.
import type { Abstention, Ballot, RoleName } from '../ballot.ts';
import type { Case } from '../option.ts';
import { changeVote } from './change.ts';
import { gatesVote } from './gates.ts';
import { historyVote } from './history.ts';
import { ladderVote } from './ladder.ts';
import type { Role } from './role.ts';
import { sidesVote } from './sides.ts';
import { structureVote } from './structure.ts';

const PANEL: Readonly<Record<RoleName, Role>> = { structure: structureVote, sides: sidesVote, change: changeVote, history: historyVote, gates: gatesVote, ladder: ladderVote };

export function panelVotes(subject: Case): readonly (Ballot | Abstention)[] {
  return Object.values(PANEL).map((role) => role(subject));
}
