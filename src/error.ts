// The one error Maestro throws. Expected outcomes are returned; this is for what the caller cannot go on with.

/** Closed list: scripts match on it (`--json` prints it), so a code never changes its meaning. */
export type ErrorCode =
  | 'usage'                 // arguments make no sense
  | 'not-a-repository'
  | 'no-remote'
  | 'no-commits'            // unborn HEAD, nothing to work on
  | 'unreachable'           // the remote did not answer; nothing is known, nothing is decided
  | 'git-failed'
  | 'git-too-old'
  | 'config-invalid'
  | 'state-held'            // another coordinator holds this state
  | 'fenced'                // a newer coordinator took over; this one must stop writing
  | 'state-newer'           // the state file was written by a newer Maestro
  | 'state-corrupt'
  | 'disk'
  | 'store-unsafe'          // the server of the ledger is set up to lose what it acknowledges
  | 'not-running'           // no coordinator answers on the socket
  | 'unknown-request'
  | 'certificate-unsound'   // what the remote has as a certificate is not what was pushed with the landing
  | 'not-allowed'           // the request is not in a state where that makes sense
  | 'forge-refused'       // the forge (GitHub) will not do it: a permission, a suspension, a repository that is gone
  | 'object-corrupt'        // an object of a repository that Git itself would refuse
  | 'object-missing'        // one that others of its objects speak of
  | 'object-format'         // a repository that does not name its objects by SHA-1
  | 'engine-full'           // more in memory than it was given room for
  | 'timeout'
  | 'internal';

/** `next` is one command or action that helps, shown under the message. `retryable` means: the same call may succeed later. */
export class MaestroError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly next: string | null;

  constructor(code: ErrorCode, message: string, more: { retryable?: boolean; next?: string; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = 'MaestroError';
    this.code = code;
    this.retryable = more.retryable ?? false;
    this.next = more.next ?? null;
  }
}
