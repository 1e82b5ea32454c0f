// Markdown and reStructuredText as blocks: the tree of headings, and in each section its paragraphs, list items, rows and code.
import { bare, linesOf } from '../line.ts';
import { container, leaf } from './block.ts';
import type { Block } from './block.ts';

type Heading = { readonly line: number; readonly lines: 1 | 2; readonly level: number; readonly title: string };

const FENCE = /^\s*(`{3,}|~{3,})/;
const ATX = /^(#{1,6})\s/;
const UNDERLINE = /^([=\-~^"'#*+:_])\1{2,}\s*$/;
const ITEM = /^\s*(?:[-*+]|\d+[.)]|#\.)\s/;
const ROW = /^\s*\|/;
const REFERENCE = /^\s*\[([^\]]+)\]:/;
const KEY_MAX = 200;

export function proseBlocks(text: string): Block {
  const lines = linesOf(text);
  const headings = headingsOf(lines);
  const first = headings[0]?.line ?? lines.length;
  const [content, rest] = contentOf(lines.slice(0, first));
  const [sections, tail] = sectionsOf(lines, headings, 0, 0, lines.length);
  return sections.length === 0 ? container('', '', content, rest) : container('', '', [...content, ...led(sections, rest)], tail);
}

/** Blank lines before a heading lead it. */
function led(sections: readonly Block[], lead: string): readonly Block[] {
  return sections.map((section, at) => at > 0 || lead === '' ? section : container(section.key, lead + section.head, section.parts ?? [], section.tail, { level: section.level }));
}

/** The sections of headings from index `at` that are deeper than `level`, up to the line `end`; and the blank lines behind the last. */
function sectionsOf(lines: readonly string[], headings: readonly Heading[], at: number, level: number, end: number): readonly [readonly Block[], string] {
  const sections: Block[] = [];
  let lead = '';
  let next = at;
  for (let heading = headings[next]; heading !== undefined && heading.level > level && heading.line < end; heading = headings[next]) {
    const { level: own } = heading;
    const after = headings.findIndex((other, index) => index > next && other.level <= own);
    const limit = after < 0 ? end : Math.min(end, headings[after]?.line ?? end);
    const inner = Math.min(limit, headings[next + 1]?.line ?? limit);
    // The blank lines below a heading stay with it: whatever comes first there is not parted from the heading by them.
    let from = heading.line + heading.lines;
    while (from < inner && bare(lines[from] ?? '') === '') from += 1;
    if (from === inner) from = heading.line + heading.lines;
    const head = lead + lines.slice(heading.line, from).join('');
    const [content, rest] = contentOf(lines.slice(from, inner));
    const [children, tail] = sectionsOf(lines, headings, next + 1, own, limit);
    sections.push(container(`${own} ${heading.title}`, head, [...content, ...led(children, rest)], '', { level: own }));
    lead = children.length === 0 ? rest : tail;
    next = after < 0 ? headings.length : after;
  }
  return [sections, lead];
}

function headingsOf(lines: readonly string[]): readonly Heading[] {
  const found: Heading[] = [];
  const styles: string[] = [];
  let fence = '';
  for (const [line, text] of lines.entries()) {
    const mark = FENCE.exec(text)?.[1]?.slice(0, 3) ?? '';
    if (mark !== '' && (fence === '' || fence === mark)) fence = fence === '' ? mark : '';
    if (fence !== '') continue;
    const marks = ATX.exec(text)?.[1];
    if (marks !== undefined) {
      found.push({ line, lines: 1, level: marks.length, title: bare(withoutClosing(text.slice(marks.length).trim())) });
      continue;
    }
    const under = UNDERLINE.exec(lines[line + 1] ?? '')?.[1];
    const isTitle = under !== undefined && /^\s?\S/.test(text) && !UNDERLINE.test(text) && !ITEM.test(text) && !ROW.test(text) && (lines[line + 1] ?? '').trim().length >= Math.min(3, text.trim().length);
    if (!isTitle) continue;
    if (!styles.includes(under)) styles.push(under);
    found.push({ line, lines: 2, level: 1 + styles.indexOf(under), title: bare(text) });
  }
  return found;
}

/** A title may end in any number of signs like those it starts with. */
function withoutClosing(title: string): string {
  let end = title.length;
  while (title[end - 1] === '#') end -= 1;
  return title.slice(0, end);
}

/** Items, rows, references, code and paragraphs; and the blank lines behind the last. */
function contentOf(lines: readonly string[]): readonly [readonly Block[], string] {
  const blocks: Block[] = [];
  let from = 0;
  for (let at = 0; at < lines.length;) {
    if (bare(lines[at] ?? '') === '') {
      at += 1;
      continue;
    }
    const end = endOfContent(lines, at);
    blocks.push(leaf(contentKey(lines.slice(at, end)), lines.slice(from, end).join('')));
    [from, at] = [end, end];
  }
  return [blocks, lines.slice(from).join('')];
}

function endOfContent(lines: readonly string[], at: number): number {
  const first = lines[at] ?? '';
  const fence = FENCE.exec(first)?.[1];
  if (fence !== undefined) {
    const end = lines.findIndex((line, index) => index > at && line.trim().startsWith(fence));
    return end < 0 ? lines.length : end + 1;
  }
  if (ROW.test(first) || REFERENCE.test(first)) return at + 1;
  let end = at + 1;
  while (end < lines.length && bare(lines[end] ?? '') !== '' && !ITEM.test(lines[end] ?? '') && !ROW.test(lines[end] ?? '') && !FENCE.test(lines[end] ?? '')) end += 1;
  return end;
}

function contentKey(lines: readonly string[]): string {
  const first = lines[0] ?? '';
  const reference = REFERENCE.exec(first)?.[1];
  if (reference !== undefined) return `[${reference}]`;
  if (ROW.test(first)) return `row ${bare(first.split('|')[1] ?? '')}`;
  return bare(lines.join('')).slice(0, KEY_MAX);
}
