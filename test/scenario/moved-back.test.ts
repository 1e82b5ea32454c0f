// A target that somebody moves back past Maestro: what that took off is no longer called landed once a person lets the lane go on. Told on the symbolic world.
import { expect, test } from 'vitest';
import type { MergeRequest } from '../../src/merge/request.ts';
import { symbolicMinds } from '../harness/symbolic-minds.ts';
import { tell, type Tale } from '../harness/tale.ts';
import { MAIN } from '../harness/world.ts';

/** More than a lane keeps whole. */
const MANY = 620;

test('what a force-push took off is no longer landed once a person resumes, and lands again when it is asked for', async () => {
  const tale = await landed('feature/1', 'feature/2');
  const first = tale.phase('feature/1', 'landed').candidate.commit;
  await movesBack(tale, 'main', 1);
  expect([tale.state('feature/1'), tale.phase('feature/2', 'rolled-back').by]).toEqual(['landed', null]);
  expect(tale.files('main')).not.toHaveProperty('feature/2');
  await tale.retry('feature/2');
  expect(tale.phase('feature/2', 'landed').candidate.onto).toBe(first);
  expect(tale.files('main')).toHaveProperty('feature/2');
});

test('it stays out until somebody asks, whatever is looked at again', async () => {
  const tale = await landed('feature/1');
  await movesBack(tale, 'main', 1);
  await tale.restart();
  tale.restore('feature/1', tale.request('feature/1').tip);
  await tale.waits(3_600_000);
  expect([tale.state('feature/1'), tale.landings('main')]).toEqual(['rolled-back', []]);
});

test('while the lane stands still nothing is said yet, and after a restart it is', async () => {
  const tale = await landed('feature/1');
  tale.goesBack('main');
  await tale.settles();
  expect(tale.state('feature/1')).toBe('landed');
  await tale.restart();
  await tale.resume('main');
  expect(tale.state('feature/1')).toBe('rolled-back');
});

test('the counter says why, and what can be done', async () => {
  const tale = await landed('feature/1');
  await movesBack(tale, 'main', 1);
  const { advice, story, request } = await tale.asks((control) => control.explain('feature/1'));
  expect(advice).toMatchObject({ cause: 'main was moved back past Maestro and holds this merge no longer; nobody rolled it back.', next: `Run \`maestro retry ${request.id}\` if it shall land again.` });
  expect(story.at(-1)?.text).toMatch(/^taken off: the target was moved back past Maestro, to \w+, and holds it no longer; nobody rolled it back$/);
});

test('by the time resume is answered it is said, and retry takes it', async () => {
  const tale = await landed('feature/1');
  tale.goesBack('main');
  await tale.settles();
  const seen = await tale.asks(async (control) => {
    await control.resume('main', 'Ada');
    const { request } = await control.explain('feature/1');
    return [request.phase.state, (await control.retry('feature/1', 'Ada')).phase.state];
  });
  expect(seen).toEqual(['rolled-back', 'queued']);
  expect(tale.state('feature/1')).toBe('landed');
});

test('a rollback that was taken off leaves what it took back landed, and can be asked for again', async () => {
  const tale = await landed('feature/1');
  await tale.rollback('feature/1');
  await movesBack(tale, 'main', 1);
  expect([tale.state('feature/1'), rollbackIn(tale)?.phase.state]).toEqual(['landed', 'rolled-back']);
  await tale.rollback('feature/1');
  expect(tale.state('feature/1')).toBe('rolled-back');
  expect(tale.files('main')).not.toHaveProperty('feature/1');
});

test('what landed again after its rollback, and was taken off, lands once more', async () => {
  const tale = await landed('feature/1');
  await tale.rollback('feature/1');
  await tale.retry('feature/1');
  await movesBack(tale, 'main', 1);
  expect(tale.files('main')).not.toHaveProperty('feature/1');
  await tale.retry('feature/1');
  expect(tale.state('feature/1')).toBe('landed');
  expect(tale.files('main')).toHaveProperty('feature/1');
});

test('what landed before such a rollback is asked about, too, when the target is moved back once more', async () => {
  const tale = await landed('feature/1', 'feature/2');
  await tale.rollback('feature/1');
  await movesBack(tale, 'main', 1);
  await movesBack(tale, 'main', 1);
  expect([tale.state('feature/1'), tale.state('feature/2')]).toEqual(['landed', 'rolled-back']);
});

test('a merge and its rollback that were taken off together are by nobody\'s rollback', async () => {
  const tale = await landed('feature/1');
  await tale.rollback('feature/1');
  await movesBack(tale, 'main', 2);
  expect(tale.phase('feature/1', 'rolled-back').by).toBeNull();
  await tale.retry('feature/1');
  expect(tale.files('main')).toHaveProperty('feature/1');
});

test('what depends on one that was taken off waits for it', async () => {
  const tale = await landed('feature/1');
  await movesBack(tale, 'main', 1);
  tale.push('feature/2', { two: 'w' }, { says: 'Depends-On: feature/1\n' });
  await tale.settles();
  expect(tale.waitsFor('feature/2')).toBe(`its dependency feature/1, which main holds no longer; \`maestro retry ${tale.request('feature/1').id}\` lands it again`);
  await tale.retry('feature/1');
  expect([tale.state('feature/1'), tale.state('feature/2')]).toEqual(['landed', 'landed']);
});

test('what one lane carried on is still in the next, and a dependency it brought is looked for again', async () => {
  const routes = [
    { branch: 'work/*', into: 'dev', promote: { when: 'manual' }, priority: 'normal', backInto: [] },
    { branch: 'feature/*', into: 'main', promote: { when: 'manual' }, priority: 'normal', backInto: [] },
    { branch: 'dev', into: 'main', promote: { when: 'manual' }, priority: 'normal', backInto: [] },
  ] as const;
  const tale = tell({ routes }, ['dev']);
  tale.push('work/1', { one: 'w' });
  await tale.settles();
  await tale.promote('dev', 'main');
  tale.push('feature/2', { two: 'w' }, { says: 'Depends-On: work/1\n' });
  await tale.settles();
  expect(tale.state('feature/2')).toBe('landed');
  await movesBack(tale, 'dev', 1);
  expect([tale.state('work/1'), tale.state('dev'), tale.files('main')['one']]).toEqual(['rolled-back', 'landed', 'w']);
  await tale.retry('work/1');
  await movesBack(tale, 'main', 2);
  expect([tale.state('work/1'), tale.state('dev'), tale.state('feature/2')]).toEqual(['landed', 'rolled-back', 'rolled-back']);
  await tale.retry('feature/2');
  expect(tale.waitsFor('feature/2')).toBe('its dependency work/1, which landed in dev, not yet in main');
  await tale.retry('dev');
  expect([tale.state('dev'), tale.state('feature/2')]).toEqual(['landed', 'landed']);
});

test('what an answer dropped is nobody\'s homework while its merge is taken off', async () => {
  const tale = tell();
  tale.push('feature/1', { app: 'one' });
  await tale.settles();
  tale.push('feature/2', { app: 'two' }, { on: 'feature/0' });
  await tale.settles();
  await tale.decide('feature/2', 'A');
  const homework = (): Promise<number> => tale.asks(async (control) => (await control.tasks()).length);
  expect(await homework()).toBe(1);
  await movesBack(tale, 'main', 1);
  expect(await homework()).toBe(0);
});

test('what its conflict taught is undone with it, and counts again with the rollback that was taken off', async () => {
  const tale = tell({ gate: { run: 'check', scope: 'each' } }, [], 1, symbolicMinds(0.97));
  tale.push('start', {}, { ready: false });
  tale.push('feature/a', { app: 'fine:1' }, { on: 'start' });
  await tale.settles();
  tale.push('feature/b', { app: 'fine:2' }, { on: 'start' });
  await tale.settles();
  const fates = (): Promise<readonly string[]> => tale.asks(async (control) => (await control.lessons()).map(({ outcome }) => outcome));
  expect(await fates()).toEqual(['watched']);
  await tale.rollback('feature/b');
  expect(await fates()).toEqual(['reverted']);
  await movesBack(tale, 'main', 1);
  // The rollback was a second look at it all the same.
  expect(await fates()).toEqual(['touched']);
  await movesBack(tale, 'main', 1);
  expect(await fates()).toEqual(['reverted']);
});

test('a target that is put where it was before anybody resumes lost nothing', async () => {
  const tale = await landed('feature/1');
  const tip = tale.phase('feature/1', 'landed').candidate.commit;
  tale.goesBack('main');
  await tale.settles();
  tale.restore('main', tip);
  await tale.settles();
  await tale.resume('main');
  expect(tale.state('feature/1')).toBe('landed');
});

test('what landed so long ago that its lane forgot it is asked about, too', async () => {
  const tale = tell({ chainMax: 100 });
  for (let at = 0; at < MANY; at += 1) tale.push(`feature/${at}`, { [`many${at}`]: 'w' });
  await tale.settles();
  expect(endsIn(tale)).toEqual(['landed', 'landed']);
  await movesBack(tale, 'main', MANY);
  expect(endsIn(tale)).toEqual(['rolled-back', 'rolled-back']);
}, 60_000);

async function landed(...branches: readonly string[]): Promise<Tale> {
  const tale = tell();
  for (const branch of branches) {
    tale.push(branch, { [branch]: 'w' });
    await tale.settles();
    expect(tale.state(branch)).toBe('landed');
  }
  return tale;
}

/** By force, so many merges; then a person lets the lane go on. */
async function movesBack(tale: Tale, target: string, merges: number): Promise<void> {
  for (let times = 0; times < merges; times += 1) tale.goesBack(target);
  await tale.settles();
  await tale.resume(target);
}

/** How what a lane keeps whole has ended, and what it forgot; each once. */
function endsIn(tale: Tale): readonly string[] {
  const lane = tale.world.lane(MAIN);
  return [[...(lane?.requests.values() ?? [])].map(({ phase }) => phase.state), [...(lane?.ended.values() ?? [])].map(({ state }) => state)].flatMap((states) => [...new Set(states)]);
}

function rollbackIn(tale: Tale): MergeRequest | undefined {
  return [...(tale.world.lane(MAIN)?.requests.values() ?? [])].find(({ kind }) => kind.kind === 'rollback');
}
