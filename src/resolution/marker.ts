// Whether a conflict was left in a text.
const MARKER = /^(?:<{7}|>{7}|\|{7}|={7})(?: |\r?$)/m;

export function hasMarker(text: string): boolean {
  return MARKER.test(text);
}

/** Whether what people committed holds a conflict, or half of one that somebody did not take out. Seven equal signs alone underline a title in some languages. */
export function hasConflict(text: string): boolean {
  return /^(?:<{7}|>{7})(?: |\r?$)/m.test(text);
}
