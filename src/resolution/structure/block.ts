// A text cut into named pieces, every byte in exactly one of them: what a three-way merge by structure works on.

export type Block = {
  /** What the piece is called among its siblings. */
  readonly key: string;
  /** A leaf's whole text; before the first part otherwise. */
  readonly head: string;
  /** Null for a leaf. */
  readonly parts: readonly Block[] | null;
  readonly tail: string;
  /** Between two parts: a comma, or nothing where the parts are whole lines. */
  readonly joint: '' | ',';
  /** Whether somebody may keep the parts sorted by key. */
  readonly sortable: boolean;
  readonly text: string;
};

export function leaf(key: string, text: string): Block {
  return { key, head: text, parts: null, tail: '', joint: '', sortable: false, text };
}

export function container(key: string, head: string, parts: readonly Block[], tail: string, joint: Block['joint'], sortable: boolean): Block {
  return { key, head, parts: numbered(parts), tail, joint, sortable, text: assembled(head, parts.map((part) => part.text), tail, joint) };
}

/** The text of a container with these parts. Whole lines that are followed by others end with a newline. */
export function assembled(head: string, parts: readonly string[], tail: string, joint: Block['joint']): string {
  if (joint === ',') return head + parts.join(',') + (parts.length === 0 ? tail.replace(/^,/, '') : tail);
  const pieces = [head, ...parts, tail].filter((piece) => piece !== '');
  return pieces.map((piece, at) => at < pieces.length - 1 && !piece.endsWith('\n') ? `${piece}\n` : piece).join('');
}

/** Several parts of one key get an index each, so that keys are unique among siblings. */
function numbered(parts: readonly Block[]): readonly Block[] {
  const seen = new Map<string, number>();
  return parts.map((part) => {
    const count = (seen.get(part.key) ?? 0) + 1;
    seen.set(part.key, count);
    return count === 1 ? part : { ...part, key: `${part.key} #${count}` };
  });
}
