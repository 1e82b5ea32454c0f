// How lines end where both sides agree on it: whatever was put together from them ends its lines so, too.

type Sides = { readonly ours: string; readonly theirs: string };

/** Changes nothing where a side mixes line ends, or the sides differ. */
export function endsOf({ ours, theirs }: Sides): (text: string) => string {
  const [end, last] = [agreed(lineEndOf, ours, theirs), agreed((text) => text.endsWith('\n'), ours, theirs)];
  return (text) => {
    const lines = end === '\r\n' ? text.replaceAll(/(?<!\r)\n/g, end) : end === '\n' ? text.replaceAll('\r\n', end) : text;
    if (last === null || lines === '' || lines.endsWith('\n') === last) return lines;
    return last ? `${lines}${end ?? '\n'}` : lines.replace(/\r?\n$/, '');
  };
}

function agreed<T>(of: (text: string) => T | null, ours: string, theirs: string): T | null {
  const [left, right] = [of(ours), of(theirs)];
  return left === right ? left : null;
}

/** Null where there are none, or both kinds. */
function lineEndOf(text: string): '\n' | '\r\n' | null {
  const all = text.split('\n').length - 1;
  const crlf = text.split('\r\n').length - 1;
  return all === 0 || (crlf > 0 && crlf < all) ? null : crlf === 0 ? '\n' : '\r\n';
}
