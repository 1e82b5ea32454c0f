// Lets so many through at once and the others wait in line: gates of all repositories share the processors of one machine.

export type Turnstile = <T>(work: () => Promise<T>) => Promise<T>;

export function openTurnstile(atOnceMax: number): Turnstile {
  let inside = 0;
  const line: (() => void)[] = [];
  return async (work) => {
    if (inside >= atOnceMax) await new Promise<void>((enter) => line.push(enter));
    else inside += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, not given back: nobody slips in between.
      const next = line.shift();
      if (next === undefined) inside -= 1;
      else next();
    }
  };
}
