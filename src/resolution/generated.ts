// A file that a command made, before it may land: what speaks against it. Pure; whether it is the right one its gate says.
import { isJson } from './json.ts';
import { hasMarker } from './marker.ts';

/** Null: nothing does. Reads well behind the file's name. */
export function flawIn(path: string, text: string | undefined): string | null {
  if (text === undefined) return 'was not left as a file of text';
  if (text.trim() === '') return 'was left empty';
  if (hasMarker(text)) return 'was left with conflict markers';
  return path.endsWith('.json') && !isJson(text) ? 'was left as no JSON' : null;
}
