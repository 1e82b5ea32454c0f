// Which flaws of an object git may let pass. Checks nothing itself.

/** Of old tools, as old histories are full of them; they harm nobody. What could fool git or a checkout stays refused. */
const FLAWS = ['zeroPaddedFilemode', 'badTimezone', 'badDate', 'badDateOverflow', 'missingSpaceBeforeDate', 'missingSpaceBeforeEmail', 'missingNameBeforeEmail', 'missingEmail', 'badEmail', 'badName', 'multipleAuthors'];

/** Settings of a fetch. */
export const TOLERATED = FLAWS.map((flaw) => `fetch.fsck.${flaw}=ignore`);

/** For index-pack: nothing else that git's own check would mind, no link to what is not there. */
export const STRICT = `--strict=${FLAWS.map((flaw) => `${flaw}=ignore`).join(',')}`;
