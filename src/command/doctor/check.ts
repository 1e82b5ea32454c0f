// One finding of the doctor. `fatal`: Maestro cannot work like this; `warn`: it works, but less well; `note`: good to know.

export type Check = { readonly name: string; readonly level: 'ok' | 'note' | 'warn' | 'fatal'; readonly text: string; readonly next: string | null };

export function ok(name: string, text: string): Check {
  return { name, level: 'ok', text, next: null };
}

export function found(name: string, level: 'note' | 'warn' | 'fatal', text: string, next: string | null): Check {
  return { name, level, text, next };
}
