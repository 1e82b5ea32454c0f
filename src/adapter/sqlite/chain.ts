// The hash chain of a lane: every event carries the hash of all before it, so a changed, lost or moved row shows.
import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { integerAt, textAt } from './row.ts';

/** The hash a lane starts from; its name is part of it, so a lane's rows fit no other lane. */
export function chainStart(target: string): string {
  return link('', target);
}

export function link(previous: string, body: string): string {
  return hash('sha256', previous + body);
}

/** The first thing wrong with the file in words, or null. Reads everything once. */
export function firstDamage(db: DatabaseSync, file: string): string | null {
  const check = textAt(db.prepare('PRAGMA quick_check(1)').get(), 'quick_check', file);
  if (check !== 'ok') return check;
  let events = 0;
  for (const lane of db.prepare('SELECT id, target, version, hash FROM lane ORDER BY id').all()) {
    const damage = damageOfLane(db, file, lane);
    if (damage !== null) return `${textAt(lane, 'target', file)}: ${damage}`;
    events += integerAt(lane, 'version', file);
  }
  const rows = integerAt(db.prepare('SELECT count(*) AS n FROM event').get(), 'n', file);
  return rows === events ? null : `${rows - events} events belong to no lane`;
}

function damageOfLane(db: DatabaseSync, file: string, lane: Readonly<Record<string, unknown>>): string | null {
  let expected = chainStart(textAt(lane, 'target', file));
  let version = 0;
  for (const row of db.prepare('SELECT version, body, hash FROM event WHERE lane = ? ORDER BY version').iterate(integerAt(lane, 'id', file))) {
    version += 1;
    expected = link(expected, textAt(row, 'body', file));
    if (row['version'] !== version) return `event ${version} is missing`;
    if (row['hash'] !== expected) return `event ${version} was changed after it was written`;
  }
  if (version !== integerAt(lane, 'version', file)) return `the last event is ${version}, it should be ${integerAt(lane, 'version', file)}`;
  return lane['hash'] === expected ? null : 'the last event is not the one that was written last';
}
