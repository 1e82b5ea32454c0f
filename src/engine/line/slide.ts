// A changed stretch that starts as its next line does can as well lie one line lower. Where it lies decides what touches what in a merge.

/** Changed lines [start, end) between two shared ones; every shared line ends a group, so groups may be empty. */
type Group = { start: number; end: number };

type Side = { readonly changed: Uint8Array; readonly group: Group };

/**
 * Moves every changed stretch up as far as it goes, so that it grows together with those it meets, then down as far as it goes;
 * but back up to the last place where the other text has a change as well, if there is one.
 */
export function slideChanges(ids: Int32Array, changed: Uint8Array, otherChanged: Uint8Array): void {
  const side = firstGroup(changed);
  const other = firstGroup(otherChanged);
  do {
    if (!isEmpty(side.group)) settle(ids, side, other);
  } while (toNext(side) && toNext(other));
}

function settle(ids: Int32Array, side: Side, other: Side): void {
  let size: number;
  let hasPartner: boolean;
  do {
    size = side.group.end - side.group.start;
    while (slideUp(ids, side)) toPrevious(other);
    hasPartner = !isEmpty(other.group);
    while (slideDown(ids, side)) {
      toNext(other);
      hasPartner ||= !isEmpty(other.group);
    }
  } while (side.group.end - side.group.start !== size);
  if (hasPartner) while (isEmpty(other.group) && slideUp(ids, side)) toPrevious(other);
}

function firstGroup(changed: Uint8Array): Side {
  const group = { start: 0, end: 0 };
  while (changed[group.end] === 1) group.end += 1;
  return { changed, group };
}

function isEmpty(group: Group): boolean {
  return group.start === group.end;
}

function toNext({ changed, group }: Side): boolean {
  if (group.end >= changed.length) return false;
  group.start = group.end + 1;
  group.end = group.start;
  while (changed[group.end] === 1) group.end += 1;
  return true;
}

function toPrevious({ changed, group }: Side): void {
  group.end = group.start - 1;
  group.start = group.end;
  while (changed[group.start - 1] === 1) group.start -= 1;
}

function slideUp(ids: Int32Array, { changed, group }: Side): boolean {
  if (group.start === 0 || ids[group.start - 1] !== ids[group.end - 1]) return false;
  group.start -= 1;
  group.end -= 1;
  changed[group.start] = 1;
  changed[group.end] = 0;
  while (changed[group.start - 1] === 1) group.start -= 1;
  return true;
}

function slideDown(ids: Int32Array, { changed, group }: Side): boolean {
  if (group.end >= changed.length || ids[group.start] !== ids[group.end]) return false;
  changed[group.start] = 0;
  changed[group.end] = 1;
  group.start += 1;
  group.end += 1;
  while (changed[group.end] === 1) group.end += 1;
  return true;
}
