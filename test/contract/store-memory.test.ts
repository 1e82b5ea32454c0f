// The memory store keeps the contract. It has no disk: "opened again" is the same object after its coordinator is gone.
import { openMemoryStore } from '../../src/adapter/embedded/memory-store.ts';
import { storeContract } from './store.contract.ts';

storeContract('memory', async () => {
  const store = openMemoryStore();
  return { store, reopen: async () => { await store.close(); return store; }, dispose: async () => {} };
});
