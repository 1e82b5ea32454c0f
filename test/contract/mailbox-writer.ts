// A process that puts deliveries, many at once, and says the id of each once the mailbox called it durable. It goes on until it is killed.
import { openSqliteMailbox } from '../../src/adapter/sqlite/mailbox.ts';
import { comment } from './mailbox.contract.ts';

const AT_ONCE = 20;
const mailbox = await openSqliteMailbox(process.argv[2] ?? '');
await Promise.all(Array.from({ length: AT_ONCE }, async (_, writer) => {
  for (let n = 0; ; n += 1) {
    const id = `${writer}-${n}`;
    await mailbox.put(comment(id, '7'), n);
    process.stdout.write(`${id}\n`);
  }
}));
