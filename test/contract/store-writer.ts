// A process that appends and says the number of each event once the store called it durable; then it stays until it is killed.
import { openSqliteStore } from '../../src/adapter/sqlite/store.ts';
import { lane, tipSeen } from './store-event.ts';

const store = await openSqliteStore(process.argv[2] ?? '');
const appends = Number(process.argv[3]);
const token = await store.claim('writer');
const before = (await store.load())[0]?.version ?? 0;
for (let n = before; n < before + appends; n++) {
  await store.append(token, lane('main'), n, [tipSeen(n)]);
  process.stdout.write(`${n + 1}\n`);
}
process.stdin.resume();
