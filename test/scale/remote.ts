// The smallest remote that keeps facts: a folder a lane, a file a landing, made only where it was not there (a compare-and-swap). Shared by processes.
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

export const LANES = ['main', 'team/a', 'team/b', 'team/c', 'integration/x'].map((name) => `refs/heads/${name}`);

export type FactRemote = {
  landed(repository: string, lane: string): number;
  /** False: somebody else landed that already. */
  land(repository: string, lane: string, n: number): boolean;
  /** One line into a log all processes write to. */
  note(log: string, ...words: readonly (string | number)[]): void;
  notes(log: string): readonly (readonly string[])[];
};

export function factRemote(folder: string): FactRemote {
  const of = (repository: string, lane: string): string => {
    const path = join(folder, repository, encodeURIComponent(lane));
    mkdirSync(path, { recursive: true });
    return path;
  };
  return {
    landed: (repository, lane) => readdirSync(of(repository, lane)).length,
    land: (repository, lane, n) => {
      try {
        writeFileSync(join(of(repository, lane), String(n)), '', { flag: 'wx' });
        return true;
      } catch {
        return false;
      }
    },
    note: (log, ...words) => appendFileSync(join(folder, `${log}.log`), `${words.join(' ')}\n`),
    notes: (log) => (existsSync(join(folder, `${log}.log`)) ? readFileSync(join(folder, `${log}.log`), 'utf8').trim().split('\n').map((line) => line.split(' ')) : []),
  };
}
