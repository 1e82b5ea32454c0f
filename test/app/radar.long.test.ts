// The radar on pull requests, through the simulated GitHub: two people who collide are told before either is done, once each, and when it is over.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stage, type Stage } from './stage.ts';

let on: Stage;
beforeEach(async () => {
  on = await stage({ 'README.md': 'app\n', 'src/limits.ts': 'export const LIMIT = 10;\n' });
});
afterEach(() => on.close());

/** Work that nobody has called ready, with its pull request. */
async function atWork(login: string, branch: string, limit: number): Promise<number> {
  await on.repository.push(login, branch, { 'src/limits.ts': `export const LIMIT = ${limit};\n` }, `Limit ${limit}`, { from: 'main' });
  return on.repository.openPull(login, branch);
}

function told(pull: number, word: string): Promise<string> {
  return on.until(`#${pull} to be told ${word}`, () => on.said(pull).find((body) => body.includes(word)) ?? null);
}

it('both sides are told of each other, in one comment each, and nobody else is', async () => {
  const [ada, ben] = [await atWork('ada', 'feature/ada', 20), await atWork('ben', 'feature/ben', 30)];
  await on.repository.push('ada', 'feature/docs', { 'README.md': 'more\n' }, 'Docs', { from: 'main' });
  const docs = on.repository.openPull('ada', 'feature/docs');
  expect(await told(ada, 'feature/ben')).toContain('src/limits.ts');
  expect(await told(ben, 'feature/ada')).toContain('src/limits.ts');
  await on.repository.push('ben', 'feature/ben', { 'src/more.ts': 'export {};\n' }, 'More', { from: 'feature/ben' });
  await on.until('that was looked at', async () => {
    const [tenant] = await on.server.house.tenants.all();
    const report = await tenant?.control.radar('feature/ben');
    return report?.lanes.some((lane) => lane.branches.some((one) => one.branch === 'feature/ben')) === true ? true : null;
  });
  expect([on.said(ada).length, on.said(ben).length, on.said(docs).length]).toEqual([1, 1, 0]);
});

it('where one gives way, the same comments say that it is over', async () => {
  const [ada, ben] = [await atWork('ada', 'feature/ada', 20), await atWork('ben', 'feature/ben', 30)];
  await told(ada, 'feature/ben');
  await told(ben, 'feature/ada');
  await on.repository.push('ben', 'feature/ben', { 'src/limits.ts': 'export const LIMIT = 10;\n' }, 'As it was');
  for (const pull of [ada, ben]) await on.until(`#${pull} to be told that it is over`, () => on.said(pull).some((body) => !body.includes('src/limits.ts')) ? true : null);
  expect([on.said(ada).length, on.said(ben).length]).toEqual([1, 1]);
});

it('a restart says nothing twice', async () => {
  const ada = await atWork('ada', 'feature/ada', 20);
  await atWork('ben', 'feature/ben', 30);
  const before = await told(ada, 'feature/ben');
  await on.restart(async () => void await on.repository.push('ada', 'feature/third', { 'src/limits.ts': 'export const LIMIT = 40;\n' }, 'Limit 40', { from: 'main' }));
  await told(ada, 'feature/third');
  expect(before).toContain('feature/ben');
  expect(on.said(ada)).toHaveLength(1);
});
