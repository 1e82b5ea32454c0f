// The door `maestro-hooks/engine`: a Git repository in memory, shared by the agents of one process.
export { loadRepository } from './adapter/git/live-repository.ts';
export type { LiveOptions, LiveRepository } from './adapter/git/live-repository.ts';
export type { FlushOutcome } from './adapter/git/flush.ts';
export { SharedRepository } from './engine/repository/shared-repository.ts';
export type { SharedRepositoryOptions, Unsaved } from './engine/repository/shared-repository.ts';
export { newObjects } from './engine/repository/new-objects.ts';
export type { NewObject } from './engine/repository/new-objects.ts';
export type { Workspace } from './engine/repository/workspace.ts';
export type { Commit, Signature } from './engine/object/commit.ts';
export type { RepositoryEvent, Listener } from './engine/repository/event.ts';
export type { Delivery, Message, MessageType } from './engine/repository/mailroom.ts';
export type { RefOutcome, RefUpdate } from './engine/repository/ref-table.ts';
export type { KnownCommit } from './engine/repository/commit-log.ts';
export type {
  CommitAllOutcome, CommitOrder, CommitOutcome, DiffOutcome, FileChange, FileMode, Identity, MergeOrder, MergeResult, Missing, PathChange, ReadOutcome, Revision,
} from './engine/repository/order.ts';
export type { Clash, ClashKind, Decline, LineRange, MergeOutcome, Shelf, Verdict } from './engine/merge/outcome.ts';
export { MaestroError } from './error.ts';
export type { ErrorCode } from './error.ts';
