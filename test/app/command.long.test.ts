import { afterEach, describe, expect, it } from 'vitest';
import { stage, type Stage } from './stage.ts';

const FILES = { 'a.txt': '1\n2\n3\n', 'b.txt': '1\n2\n3\n', 'c.txt': '1\n2\n3\n' };
const three = (mark: string): Readonly<Record<string, string>> => Object.fromEntries(Object.keys(FILES).map((path) => [path, `1\n${mark}\n3\n`]));

let on: Stage;
afterEach(() => on.close());

/** Two branches that both change the same files; the second one's question is open. */
async function asked(files: (mark: string) => Readonly<Record<string, string>>): Promise<string> {
  on = await stage(FILES);
  await on.checked(await on.ready('ada', 'feature/x', files('x')), 'success');
  const tip = await on.ready('ben', 'feature/y', files('y'));
  await on.checked(tip, 'action_required');
  return tip;
}
const one = (mark: string): Readonly<Record<string, string>> => ({ 'a.txt': `1\n${mark}\n3\n` });

describe('an answer on a pull request', () => {
  it('takes a letter for each of three files', async () => {
    const tip = await asked(three);
    on.repository.comment('max', 1, 'ABB');
    await on.checked(tip, 'success');
    expect([await on.repository.read('main', 'a.txt'), await on.repository.read('main', 'b.txt')]).toEqual(['1\nx\n3', '1\ny\n3']);
  });

  it('H2, H3: of a reader, of a stranger, of a bot, or in an edit is none', async () => {
    await asked(one);
    const reader = on.repository.comment('eve', 1, 'B');
    await on.until('a refusal', () => on.reactions(reader)[0] ?? null);
    on.repository.role('ada', 'none');
    const former = on.repository.comment('ada', 1, 'B');
    await on.until('a refusal of who was here before', () => on.reactions(former)[0] ?? null);
    on.github.person('helper[bot]', 'Bot');
    on.repository.comment('helper[bot]', 1, 'B');
    const harmless = on.repository.comment('max', 1, 'Let me think');
    on.repository.editComment('max', harmless, 'B');
    await on.until('a refusal of the edit', () => on.reactions(harmless)[0] ?? null);
    expect([reader, former, harmless].map((comment) => on.reactions(comment))).toEqual([['confused'], ['confused'], ['confused']]);
    expect(await on.repository.read('main', 'a.txt')).toBe('1\nx\n3');
  });

  it('of a stranger is looked into once, however often it is given', async () => {
    await asked(one);
    const first = on.repository.comment('eve', 1, 'B');
    await on.until('a refusal', () => on.reactions(first)[0] ?? null);
    for (let again = 0; again < 5; again += 1) on.repository.comment('eve', 1, 'B');
    const tip = await on.ready('ada', 'feature/b', { 'b.txt': 'new\n' });
    await on.checked(tip, 'success');
    expect(on.github.calls('GET /repos/acme/app/collaborators/eve/permission')).toHaveLength(1);
  });

  it('by a button of the check run counts', async () => {
    const tip = await asked(one);
    const { id } = await on.checked(tip, 'action_required');
    on.repository.press('ben', id, on.repository.checkOf(tip, 'maestro')?.actions[1]?.identifier ?? '');
    await on.checked(tip, 'success');
    expect(await on.repository.read('main', 'a.txt')).toBe('1\ny\n3');
  });

  it('is for the question of the newest push, though one of the push before stands there as well', async () => {
    await asked(one);
    const tip = await on.repository.push('ben', 'feature/y', one('z'), 'Again READY_TO_MERGE');
    await on.checked(tip, 'action_required');
    await on.until('the second question', () => (on.said(1).length === 2 ? true : null));
    on.repository.comment('max', 1, 'B');
    await on.checked(tip, 'success');
    expect(await on.repository.read('main', 'a.txt')).toBe('1\nz\n3');
  });

  it('is asked for in so many words after a cancelled branch is tried again', async () => {
    const tip = await asked(one);
    await on.asks('max', 1, '/maestro cancel');
    await on.until('the question to be over', () => (on.said(1)[0]?.includes('Cancelled') === true ? true : null));
    await on.asks('max', 1, '/maestro retry');
    await on.until('the question to be asked anew', () => (on.said(1)[0]?.includes('decision needed') === true ? true : null));
    on.repository.comment('max', 1, 'B');
    await on.checked(tip, 'success');
  });

  it('may be a way out of their own, pushed and approved', async () => {
    await asked(one);
    const own = await on.repository.push('max', 'feature/y', { 'a.txt': '1\nboth\n3\n' }, 'Merge main, keep both', { from: 'main', force: true });
    await on.until('the old question to be over', () => (on.said(1)[0]?.includes('Overtaken') === true ? true : null));
    on.repository.review('ada', 1, 'APPROVED');
    await on.checked(own, 'success');
    expect(await on.repository.read('main', 'a.txt')).toBe('1\nboth\n3');
  });

  it('H3: that is edited after it was taken stays what it was, and its author is told', async () => {
    const tip = await asked(one);
    const answer = on.repository.comment('max', 1, 'B');
    await on.checked(tip, 'success');
    await on.until('thanks', () => on.reactions(answer)[0] ?? null);
    on.repository.editComment('ben', answer, 'A');
    await on.until('a refusal of the edit', () => (on.reactions(answer).includes('confused') ? true : null));
    expect(await on.repository.read('main', 'a.txt')).toBe('1\ny\n3');
  });

  it('H12: of somebody who is gone by the time it lands still counts: they could decide when they did', async () => {
    const tip = await asked(one);
    const [tenant] = await on.server.house.tenants.all();
    await tenant?.control.pause(null, 'max');
    const answer = on.repository.comment('ben', 1, 'B');
    await on.until('thanks', () => on.reactions(answer)[0] ?? null);
    on.repository.role('ben', 'none');
    await tenant?.control.resume(null, 'max');
    expect((await on.checked(tip, 'success')).summary).toContain('ben');
    expect(JSON.parse((await tenant?.control.certificate('feature/y')) ?? '{}')).toMatchObject({ resolution: { by: 'ben', permission: 'write', how: 'person' } });
  });

  it('H4: counts once: two at the same time land one', async () => {
    const tip = await asked(one);
    const [a, b] = [on.repository.comment('max', 1, 'A'), on.repository.comment('ada', 1, 'B')];
    await on.checked(tip, 'success');
    await on.until('both to be answered', () => (on.reactions(a).length + on.reactions(b).length === 2 ? true : null));
    expect(new Set([...on.reactions(a), ...on.reactions(b)])).toEqual(new Set(['+1', 'confused']));
  });

  it('H5, H6: after the branch moved on is told so', async () => {
    await asked(one);
    await on.repository.push('ben', 'feature/y', { 'a.txt': '1\nother\n3\n' }, 'Again, not ready');
    await on.until('the question to be over', () => (on.said(1)[0]?.includes('Overtaken') === true ? true : null));
    const late = on.repository.comment('max', 1, '/maestro decide B');
    await on.until('a refusal', () => on.reactions(late)[0] ?? null);
    expect(on.reactions(late)).toEqual(['confused']);
  });
});

describe('a command on a pull request', () => {
  it('is answered in one comment that is edited', async () => {
    await asked(one);
    const help = await on.asks('max', 1, '/maestro help');
    const status = await on.asks('max', 1, '/maestro status');
    expect([help.reaction, help.answer.includes('rollback'), status.answer.includes('needs a decision')]).toEqual(['+1', true, true]);
    expect(on.said(1).filter((body) => body.startsWith('<!-- maestro reply'))).toHaveLength(1);
  });

  it('rolls a landing back', async () => {
    await asked(one);
    const id = /Request `([0-9a-f]{12})`/.exec(on.said(1)[0] ?? '')?.[1] ?? '';
    on.repository.comment('max', 1, 'B');
    await on.holds('main', 'a.txt', 'y');
    await on.until('the end to be said', () => (on.said(1)[0]?.includes('landed') === true ? true : null));
    const { answer } = await on.asks('max', 1, `/maestro rollback ${id}`);
    expect(answer).toContain('is being rolled back by');
    await on.holds('main', 'a.txt', 'x');
    await on.until('the question to say so', () => (on.said(1)[0]?.includes('and was rolled back') === true ? true : null));
    expect(on.said(1)[0]).not.toContain('To undo it');
  });

  it('H8: refuses a rollback of what nobody knows, of what did not land, and twice of the same', async () => {
    await asked(one);
    const said = async (command: string): Promise<string> => (await on.asks('max', 1, command)).answer;
    expect(await said('/maestro rollback ffffffffffff')).toContain('nothing is known');
    expect(await said('/maestro rollback feature/y')).toContain('only what landed can be rolled back');
    const [tenant] = await on.server.house.tenants.all();
    const landed = async () => (await tenant?.control.explain('feature/x'))?.request;
    const id = (await landed())?.id ?? '';
    expect(await said(`/maestro rollback ${id} --dry-run`)).toContain('Nothing was changed');
    await said(`/maestro rollback ${id}`);
    await on.until('it to be taken back', async () => ((await landed())?.phase.state === 'rolled-back' ? true : null));
    expect(await said(`/maestro rollback ${id}`)).toContain('rolled-back');
    // The branch that collided with it goes in cleanly now, and may have done so already.
    expect(['1\n2\n3', '1\ny\n3']).toContain(await on.repository.read('main', 'a.txt'));
  });

  it('H9: pauses and resumes, the latter as often as one likes', async () => {
    await asked(one);
    await on.asks('max', 1, '/maestro pause');
    const tip = await on.ready('ada', 'feature/b', { 'b.txt': 'new\n' });
    await on.checked(tip, 'queued');
    const { answer } = await on.asks('max', 1, '/maestro resume');
    const again = on.repository.comment('max', 1, '/maestro resume');
    await on.checked(tip, 'success');
    expect([answer, await on.until('thanks', () => on.reactions(again)[0] ?? null)]).toEqual([expect.stringContaining('Going on'), '+1']);
  });
});
