// The repositories of a process: opened once, opened anew where they moved, never while they are still being closed.
import { expect, test } from 'vitest';
import { Tenants, type Tenant } from '../../src/coordinator/tenant.ts';
import { MaestroError } from '../../src/error.ts';
import type { RepositoryAt } from '../../src/port/forge.ts';

const HERE: RepositoryAt = { id: 7, owner: 'acme', name: 'app', installation: 1 };
const THERE: RepositoryAt = { id: 7, owner: 'umbrella', name: 'app', installation: 2 };

function house(listed: readonly RepositoryAt[] = [], ended: MaestroError | null = null) {
  const did: string[] = [];
  const tenants = new Tenants({
    open: async (at) => {
      did.push(`open ${at.owner}`);
      const service = { hint: () => void did.push(`hint ${at.owner}`), requireAlive: () => {
        if (ended !== null) throw ended;
      } };
      return { at, service, refresh: () => undefined, close: async () => {
        did.push(`close ${at.owner}`);
        await new Promise((resolve) => setImmediate(resolve));
        did.push(`closed ${at.owner}`);
      } } as unknown as Tenant;
    },
    repositoriesOf: async () => listed,
    onTrouble: (text) => void did.push(text),
  });
  return { tenants, did };
}

test('F9: one that a look finds under another owner is opened there', async () => {
  const { tenants, did } = house([THERE]);
  await tenants.hear({ kind: 'moved', at: HERE, branch: null as never });
  await tenants.openAll([2]);
  expect(did).toEqual(['open acme', 'hint acme', 'close acme', 'closed acme', 'open umbrella']);
});

test('one that is being closed is opened after that, and once', async () => {
  const { tenants, did } = house();
  await tenants.hear({ kind: 'moved', at: HERE, branch: null as never });
  await Promise.all([tenants.drop(HERE.id), tenants.hear({ kind: 'moved', at: HERE, branch: null as never }), tenants.hear({ kind: 'moved', at: HERE, branch: null as never })]);
  expect(did.filter((line) => !line.startsWith('hint'))).toEqual(['open acme', 'close acme', 'closed acme', 'open acme']);
});

test('news for a coordinator that was taken over from are thrown, to be heard again', async () => {
  const { tenants } = house([], new MaestroError('fenced', 'Another coordinator took over.'));
  await expect(tenants.hear({ kind: 'moved', at: HERE, branch: null as never })).rejects.toMatchObject({ code: 'fenced' });
});
