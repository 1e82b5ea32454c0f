// Who looks at which lane, when. A ring says only "look again": it carries nothing, and losing the order of rings changes nothing.

export type Inbox = {
  /** Starts delivery. For one key the handler never runs twice at once; a ring during a run causes one more run. */
  serve(handler: (key: string) => Promise<void>): void;
  /** Rings for `key`. Many rings before a run starts become one run. */
  ring(key: string): void;
  /** Resolves when nothing runs and nothing is waiting. */
  idle(): Promise<void>;
  /** No new runs start; resolves when the running ones ended. */
  close(): Promise<void>;
};
