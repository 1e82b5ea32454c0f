// The SQLite mailbox keeps the contract, and what only a file can be asked: kills, full disks, other programs.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { openSqliteMailbox } from '../../src/adapter/sqlite/mailbox.ts';
import type { Mailbox } from '../../src/port/mailbox.ts';
import { comment, mailboxContract, SMALL } from './mailbox.contract.ts';

const WRITER = join(import.meta.dirname, 'mailbox-writer.ts');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

mailboxContract('SQLite', async () => {
  const file = mailboxFile();
  const open: Mailbox[] = [await openSqliteMailbox(file, SMALL)];
  const dispose = async () => {
    for (const mailbox of open) await mailbox.close();
  };
  return {
    mailbox: open[0]!,
    reopen: async () => {
      await dispose();
      const again = await openSqliteMailbox(file, SMALL);
      open.push(again);
      return again;
    },
    dispose,
  };
});

test('every acknowledged delivery is there after kill -9', async () => {
  const file = mailboxFile();
  const acknowledged = await killedAfter(file, 500);
  const mailbox = await openSqliteMailbox(file);
  for (const id of acknowledged) expect(await mailbox.put(comment(id, '7'), 1)).toBe('repeated');
  await mailbox.close();
});

test('what could not be written is refused, and the next is taken in', async () => {
  const file = mailboxFile();
  const mailbox = await openSqliteMailbox(file);
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  await expect(mailbox.put(comment('a', '7'), 1)).rejects.toMatchObject({ code: 'disk', retryable: true });
  other.close();
  expect([await mailbox.waiting(), await mailbox.put(comment('a', '7'), 1)]).toEqual([0, 'new']);
  await mailbox.close();
});

test('a file of another program is refused and not changed', async () => {
  const file = mailboxFile();
  const other = new DatabaseSync(file);
  other.exec('CREATE TABLE cookies (a)');
  other.close();
  await expect(openSqliteMailbox(file)).rejects.toMatchObject({ code: 'state-corrupt' });
});

function mailboxFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-mailbox-'));
  folders.push(folder);
  return join(folder, 'mailbox.db');
}

/** The ids a writing process had acknowledged when it was killed in the middle of its work. */
async function killedAfter(file: string, count: number): Promise<readonly string[]> {
  const writer = spawn(process.execPath, [WRITER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ids: string[] = [];
  for await (const line of createInterface(writer.stdout)) {
    ids.push(line);
    if (ids.length === count) writer.kill('SIGKILL');
  }
  return ids;
}
