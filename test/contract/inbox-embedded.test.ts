// The inbox inside the process keeps the contract.
import { openEmbeddedInbox } from '../../src/adapter/embedded/inbox.ts';
import { inboxContract } from './inbox.contract.ts';

inboxContract('embedded', async (onError) => {
  const inbox = openEmbeddedInbox(onError);
  return { inbox, dispose: () => inbox.close() };
});
