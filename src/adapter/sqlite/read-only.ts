// The store for one who only looks (`maestro status` without a coordinator): never creates or changes a file. Knows no events.
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { scratchFolder } from '../../hook/scratch.ts';
import { guarded } from './failure.ts';
import { SqliteStore } from './store.ts';
import { schemaOf } from './schema.ts';

/** Null when there is no state yet. Everything that writes throws `disk`. */
export async function openSqliteStoreReadOnly(file: string): Promise<SqliteStore | null> {
  if (!existsSync(file)) return null;
  return guarded(file, () => {
    const { db, remove } = openUnchanged(file);
    try {
      if (schemaOf(db, file) > 0) return new SqliteStore(db, file, remove);
      db.close();
      remove();
      return null;
    } catch (error) {
      db.close();
      remove();
      throw error;
    }
  });
}

/**
 * Even a read-only connection creates the -wal and -shm files that are missing, so each case is opened its own way:
 * both there (a coordinator runs, or was killed), none there (it ended cleanly), or a log without its index (a copied folder).
 */
function openUnchanged(file: string): { readonly db: DatabaseSync; readonly remove: () => void } {
  const keep = () => {};
  if (!existsSync(`${file}-wal`)) return { db: openWith(file, 'immutable'), remove: keep };
  if (existsSync(`${file}-shm`)) return { db: openWith(file, 'readonly_shm'), remove: keep };
  const folder = scratchFolder('state');
  const copy = join(folder, 'state');
  copyFileSync(file, copy);
  copyFileSync(`${file}-wal`, `${copy}-wal`);
  return { db: new DatabaseSync(copy, { readOnly: true }), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function openWith(file: string, option: 'immutable' | 'readonly_shm'): DatabaseSync {
  const url = pathToFileURL(resolve(file));
  url.searchParams.set(option, '1');
  return new DatabaseSync(url, { readOnly: true });
}
