// Whole-file candidates by structure: code by entity, data by key, prose by section. Each is complete, or it is not there; which is right is judged elsewhere.
import type { ConflictFile } from './conflict-file.ts';
import type { Block } from './structure/block.ts';
import { codeBlocks } from './structure/code.ts';
import { jsonBlocks } from './structure/json.ts';
import { isLineList, lineListBlocks } from './structure/line-list.ts';
import { mergeBlocks } from './structure/merge-blocks.ts';
import { piecesKept, squeezed } from './structure/merge-text.ts';
import type { Stance } from './structure/merge-text.ts';
import { proseBlocks } from './structure/prose.ts';
import { tomlBlocks } from './structure/toml.ts';
import { yamlBlocks } from './structure/yaml.ts';
import type { Parser } from './syntax.ts';

export type StructuralCandidate = { /** What cut the file, and the stance where both sides changed the same: `entity`, `keys-higher`. */ readonly rule: string; readonly text: string };

const TEXT_MAX = 300 * 1024;
const LINES_MAX = 5000;

/** Different from each other in more than white space; the stance that asks least of luck comes first. */
export function structuralCandidates(file: ConflictFile, parser: Parser | null): readonly StructuralCandidate[] {
  const texts = [file.base ?? '', file.ours, file.theirs];
  if (texts.some((text) => text.length > TEXT_MAX || text.split('\n', LINES_MAX + 1).length > LINES_MAX)) return [];
  const found = new Map<string, StructuralCandidate>();
  for (const { name, cut } of cutsFor(file.path, parser)) for (const candidate of mergedBy(name, cut, file)) {
    const key = squeezed(candidate.text);
    if (!found.has(key)) found.set(key, candidate);
  }
  return [...found.values()];
}

type Cut = (text: string) => Block | null;

function cutsFor(path: string, parser: Parser | null): readonly { readonly name: string; readonly cut: Cut }[] {
  if (/\.(?:json[c5]?|code-workspace|babelrc|eslintrc|prettierrc)$/.test(path)) return [{ name: 'keys', cut: jsonBlocks }];
  if (/\.ya?ml$/.test(path) || /(?:^|\/)yarn\.lock$/.test(path)) return [{ name: 'keys', cut: yamlBlocks }];
  if (/\.toml$|(?:^|\/)(?:Cargo|poetry|uv|pdm)\.lock$/.test(path)) return [{ name: 'keys', cut: tomlBlocks }];
  if (isLineList(path)) return [{ name: 'lines', cut: (text) => lineListBlocks(path, text) }];
  if (/\.(?:mdx?|markdown|rst|txt|adoc)$|(?:^|\/)(?:CHANGELOG|CHANGES|HISTORY|NEWS)$/i.test(path)) return [{ name: 'sections', cut: proseBlocks }];
  if (parser === null) return [];
  const outlines = new Map<string, ReturnType<Parser['outline']>>();
  const code = (grain: 'entities' | 'imports'): Cut => (text) => {
    const outline = outlines.get(text) ?? parser.outline(path, text);
    outlines.set(text, outline);
    return outline === null ? null : codeBlocks(path, text, outline, grain);
  };
  return [{ name: 'entity', cut: code('entities') }, { name: 'imports', cut: code('imports') }];
}

const PLAIN: readonly (readonly [string, Stance])[] = [['', { first: 'ours', clash: 'give-up' }], ['-reversed', { first: 'theirs', clash: 'give-up' }]];
const CLASHING: readonly (readonly [string, Stance])[] = [
  ['-higher', { first: 'ours', clash: 'higher' }], ['-ours', { first: 'ours', clash: 'ours' }], ['-theirs', { first: 'ours', clash: 'theirs' }],
  ['-both', { first: 'ours', clash: 'both' }], ['-both-reversed', { first: 'theirs', clash: 'both' }], ['-higher-reversed', { first: 'theirs', clash: 'higher' }],
];

function mergedBy(name: string, cut: Cut, { base, ours, theirs }: ConflictFile): readonly StructuralCandidate[] {
  const [b, o, t] = [base === null ? null : cut(base), cut(ours), cut(theirs)];
  if (o === null || t === null || b === null && base !== null) return [];
  const piecesOf = piecesKept();
  const merge = (stances: typeof PLAIN): readonly StructuralCandidate[] => stances.flatMap(([suffix, stance]) => {
    const text = mergeBlocks(b, o, t, stance, piecesOf);
    return text === null ? [] : [{ rule: name + suffix, text }];
  });
  const plain = merge(PLAIN);
  // Without a clash all stances say the same.
  return plain.length > 0 ? plain : merge(CLASHING);
}
