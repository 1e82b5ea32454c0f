// Whether lines stand in a text one behind the other. Linear, however alike the lines are. Numbers stand for lines.

/** Equal lines, equal numbers. */
export function numbering(): (lines: readonly string[]) => Int32Array {
  const numbers = new Map<string, number>();
  return (lines) => Int32Array.from(lines, (line) => {
    const number = numbers.get(line) ?? numbers.size;
    numbers.set(line, number);
    return number;
  });
}

/** Finds where the run stands, the first place of several; -1: nowhere. Worked out once for all texts it is looked for in (Knuth, Morris, Pratt). */
export function finderOf(run: Int32Array): (lines: Int32Array) => number {
  const back = new Int32Array(run.length);
  for (let at = 1, length = 0; at < run.length; at += 1) {
    while (length > 0 && run[at] !== run[length]) length = back[length - 1] ?? 0;
    if (run[at] === run[length]) length += 1;
    back[at] = length;
  }
  return (lines) => {
    if (run.length === 0) return 0;
    for (let at = 0, length = 0; at < lines.length; at += 1) {
      while (length > 0 && lines[at] !== run[length]) length = back[length - 1] ?? 0;
      if (lines[at] === run[length]) length += 1;
      if (length === run.length) return at + 1 - length;
    }
    return -1;
  };
}

export function startsWith(lines: Int32Array, run: Int32Array): boolean {
  return run.length <= lines.length && run.every((line, at) => lines[at] === line);
}

export function endsWith(lines: Int32Array, run: Int32Array): boolean {
  const start = lines.length - run.length;
  return start >= 0 && run.every((line, at) => lines[start + at] === line);
}
