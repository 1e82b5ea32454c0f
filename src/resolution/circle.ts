// The circles of files around one, whose outcomes count for it: all, those of its kind, those of its name, and itself.
import { fileNameOf, pathKind } from './kind.ts';

export const FILE_CIRCLES = ['all', 'kind', 'name', 'path'] as const;
export type FileCircle = (typeof FILE_CIRCLES)[number];

/** What each circle around the file is called. */
export function circlesAround(path: string): Readonly<Record<FileCircle, string>> {
  return { all: 'all', kind: `kind ${pathKind(path)}`, name: `name ${fileNameOf(path)}`, path: `path ${path}` };
}
