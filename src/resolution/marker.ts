// Whether a conflict was left in a text.
const MARKER = /^(?:<{7}|>{7}|\|{7}|={7})(?: |\r?$)/m;

export function hasMarker(text: string): boolean {
  return MARKER.test(text);
}
