// What a side says it was for, as a voter may read it: without who wrote it, what its branch is called, and which of the two is the
// target. Only words of messages; what the code itself gives away stays.

const MESSAGE_CHARS_MAX = 2000;

/** A message is the only thing that is cut, and says so: what a change is for stands at its beginning. */
export function intentText(message: string, log: readonly string[]): string {
  const said = unsigned(message);
  const shown = said.length > MESSAGE_CHARS_MAX ? `${said.slice(0, MESSAGE_CHARS_MAX)}\n[the message goes on]` : said;
  const behind = log.filter((subject) => !message.startsWith(subject)).map(unsigned);
  return [shown, ...behind.filter((subject) => subject !== '').map((subject) => `- ${subject}`)].filter((line) => line !== '').join('\n');
}

function unsigned(message: string): string {
  const [subject = '', ...rest] = message.split('\n');
  const told = [MERGE.test(subject) ? '' : subject.replace(MARKED, ''), ...rest.filter((line) => !SIGNED.some((sign) => sign.test(line)))];
  return told.join('\n').replaceAll(/\n{3,}/g, '\n\n').trim();
}

/** Git's, a forge's and Maestro's own subjects of merges: nothing in them but names of branches. */
const MERGE = /^Merged? (?:(?:remote-tracking )?(?:branch|tag|commit|pull request)\b|\S+ into \S+$)/i;
const MARKED = /\s+READY_TO_MERGE$/;
/** Trailers of people and of branches; a shouted word on a line of its own, as markers are. */
const SIGNED: readonly RegExp[] = [/^\s*[\w-]{1,40}-by\s*:/i, /^\s*(?:Maestro-[\w-]{1,40}|Depends-On|Target|Priority|Change-Id)\s*:/i, /^\s*[A-Z][A-Z0-9_-]{2,63}\s*$/];
