// What goes to the thread of the ladder and what comes back: plain data that survives the way. Knows neither end.
import type { Proposed } from '../../consensus/case.ts';
import type { Case } from '../../consensus/option.ts';
import type { Study } from '../../port/minds.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import type { FileResolution } from '../../resolution/ladder.ts';
import type { LineLedger } from '../../resolution/line-ledger.ts';

/** `scope` is whose history it is: what one repository taught says nothing about another. */
export type Task =
  | { readonly kind: 'resolve'; readonly id: number; readonly scope: string; readonly file: ConflictFile }
  /** The options with all that is known of them, for the room. */
  | { readonly kind: 'study'; readonly id: number; readonly scope: string; readonly file: ConflictFile }
  /** One option more, for what a voter wrote. */
  | { readonly kind: 'weigh'; readonly id: number; readonly subject: Case; readonly proposed: Proposed }
  | { readonly kind: 'learn'; readonly id: number; readonly scope: string; readonly file: ConflictFile; readonly resolved: string }
  | { readonly kind: 'forget'; readonly id: number; readonly scope: string };

export type Reply =
  | { readonly kind: 'ready' }
  /** Before the answer, for files that may take long: what is on offer should it not come. */
  | { readonly kind: 'sketched'; readonly id: number; readonly plain: readonly string[] }
  | { readonly kind: 'resolved'; readonly id: number; readonly resolution: FileResolution; /** Of the best proposal. */ readonly ledger: LineLedger | null }
  | { readonly kind: 'studied'; readonly id: number; readonly study: Study }
  | { readonly kind: 'weighed'; readonly id: number; readonly subject: Case }
  | { readonly kind: 'learned'; readonly id: number }
  | { readonly kind: 'forgotten'; readonly id: number };
