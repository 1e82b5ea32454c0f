// Deliveries of the forge between their arrival and their handling: durable before they are acknowledged. Knows no forge and no signature.

/** `repository`: numeric id as text, empty when the body names none. Rows of one repository are handled in order. */
export type Delivery = {
  /** The forge's own id of the delivery; a redelivery has the same. */
  readonly id: string;
  readonly event: string;
  readonly repository: string;
  readonly push: PushedRef | null;
  /** JSON of what is handed on. */
  readonly payload: string;
};

/** Full ref name and the id it points to after the push, both as the forge says them: to recognise a push, never to act on. */
export type PushedRef = { readonly ref: string; readonly after: string };

/** `tries`: how often the row was taken, this time included; it survives a crash. */
export type Taken = Omit<Delivery, 'push'> & { readonly row: number; readonly tries: number };

/** `repeated`: seen before, nothing starts. `full`: nothing was kept, the forge has to send it again. */
export type PutOutcome = 'new' | 'repeated' | 'full';

export type Mailbox = {
  /**
   * Durable (fsync) when it resolves. Repeated is an id seen before, and a push that says what the newest push of that ref said.
   * Throws MaestroError `disk` when the disk refuses.
   */
  put(delivery: Delivery, atMs: number): Promise<PutOutcome>;
  /**
   * Of each repository not in `busy` the oldest waiting row, oldest first, at most `rowsMax`. A row waits until it is done or
   * set aside: who takes keeps its repository in `busy` meanwhile, and after a crash the row is simply taken again.
   */
  take(busy: Iterable<string>, rowsMax: number): Promise<readonly Taken[]>;
  done(row: number): Promise<void>;
  /** Ends a row that cannot be handled; `why` is kept beside its id. */
  setAside(row: number, why: string): Promise<void>;
  waiting(): Promise<number>;
  close(): Promise<void>;
};
