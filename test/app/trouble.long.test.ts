import { afterEach, describe, expect, it } from 'vitest';
import { stage, type Stage } from './stage.ts';

const FILES = { 'a.txt': '1\n2\n3\n', 'README.md': 'app\n' };
let on: Stage;
afterEach(() => on.close());

describe('what GitHub does to us', () => {
  it('W12, W13: loses every delivery of a day, and nothing is lost', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/warm', { 'warm.txt': '\n' }), 'success');
    let tip = '';
    await on.restart(async () => {
      tip = await on.repository.push('ada', 'feature/docs', { 'README.md': 'more\n' }, 'Docs READY_TO_MERGE');
    });
    await on.checked(tip, 'success');
    await on.holds('main', 'README.md', 'more');
  });

  it('F2: loses the answers to what we create: nothing is there twice', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/x', { 'a.txt': '1\nx\n3\n' }), 'success');
    for (const path of ['POST /repos/acme/app/check-runs', 'POST /repos/acme/app/pulls', 'POST /repos/acme/app/issues/1/comments']) on.github.fault.next(path, 'lost-answer');
    const tip = await on.ready('ben', 'feature/y', { 'a.txt': '1\ny\n3\n' });
    await on.checked(tip, 'action_required');
    const checks = on.repository.now().checks.filter((run) => run.headSha === tip);
    expect([checks.length, on.repository.now().issues.length, on.said(1).length]).toEqual([1, 1, 1]);
  });

  it('F2: loses its answer to a question that somebody answers at once: that counts', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/x', { 'a.txt': '1\nx\n3\n' }), 'success');
    on.github.fault.next('POST /repos/acme/app/issues/1/comments', 'lost-answer');
    const tip = await on.ready('ben', 'feature/y', { 'a.txt': '1\ny\n3\n' });
    await on.until('the question', () => on.said(1)[0] ?? null);
    on.repository.comment('max', 1, 'B');
    await on.checked(tip, 'success');
  });

  it('F2: loses its answer to a question as we are started anew: what was answered meanwhile counts', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/x', { 'a.txt': '1\nx\n3\n' }), 'success');
    on.github.fault.next('POST /repos/acme/app/issues/1/comments', 'lost-answer');
    const tip = await on.ready('ben', 'feature/y', { 'a.txt': '1\ny\n3\n' });
    await on.until('the question', () => on.said(1)[0] ?? null);
    await on.restart(async () => {
      on.repository.comment('max', 1, 'B');
      await on.github.webhooks.settled();
      await new Promise((resolve) => setTimeout(resolve, 1500));
    });
    await on.checked(tip, 'success');
    expect(on.said(1).filter((body) => body.startsWith('<!-- maestro question'))).toHaveLength(1);
  });

  it('F1: takes no thanks for a command just then: it is done once, and said to be done', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/x', { 'a.txt': '1\nx\n3\n' }), 'success');
    await on.checked(await on.ready('ben', 'feature/y', { 'a.txt': '1\ny\n3\n' }), 'action_required');
    on.github.fault.next('POST .*/reactions', 'server-error', { times: 5 });
    expect(await on.asks('max', 1, '/maestro cancel')).toEqual({ reaction: '+1', answer: expect.stringContaining('is cancelled') });
  });

  it('F16: moves the ref to another tree than was pushed: the lane stops and says so', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/warm', { 'warm.txt': '\n' }), 'success');
    on.github.fault.next('PUSH /acme/app', 'wrong-tree', { after: 1 });
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    const check = await on.until('the lane to stand still', () => {
      const run = on.repository.checkOf(tip, 'maestro');
      return run?.output.title?.includes('a person') === true || run?.output.summary?.includes('operator') === true ? run : null;
    });
    expect(check.conclusion).not.toBe('success');
  });

  it('W17: suspends the installation: nothing is done meanwhile, and afterwards it goes on', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/warm', { 'warm.txt': '\n' }), 'success');
    on.github.suspend('acme');
    await on.until('the repository to be left alone', () => (on.server.house.tenants.size === 0 ? true : null));
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    expect(on.troubles.at(-1)).toContain('may no longer work on it');
    on.github.unsuspend('acme');
    await on.checked(tip, 'success');
    await on.holds('main', 'README.md', 'more');
  });

  it.each([
    ['closes', () => on.repository.close('ben', 1)],
    ['retargets', () => on.repository.retarget('ben', 1, 'other')],
    ['makes a draft of', () => on.repository.draft('ben', 1, true)],
    ['closes and opens again', () => {
      on.repository.close('ben', 1);
      on.repository.reopen('ben', 1);
    }],
  ])('F13: or a person %s the pull request that a question stands on: the answer there still counts', async (_, change) => {
    on = await stage(FILES);
    await on.repository.push('max', 'other', { 'other.txt': '\n' }, 'another base');
    await on.checked(await on.ready('ada', 'feature/x', { 'a.txt': '1\nx\n3\n' }), 'success');
    const tip = await on.ready('ben', 'feature/y', { 'a.txt': '1\ny\n3\n' });
    await on.checked(tip, 'action_required');
    change();
    on.repository.comment('max', 1, 'B');
    await on.checked(tip, 'success');
    await on.holds('main', 'a.txt', 'y');
  });

  it('F13: or a person closes that pull request and moves the target on: it is asked on a new one, where answers count', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/x', { 'a.txt': '1\nx\n3\n' }), 'success');
    const tip = await on.ready('ben', 'feature/y', { 'a.txt': '1\ny\n3\n' });
    await on.checked(tip, 'action_required');
    on.repository.close('ben', 1);
    await on.repository.push('max', 'main', { 'a.txt': '1\nby hand\n3\n' }, 'by hand');
    await on.until('the question', () => on.said(2)[0] ?? null);
    expect(on.said(1)).toEqual([expect.stringContaining('Asked on #2 now')]);
    await on.until('the link to it', () => (on.repository.checkOf(tip, 'maestro')?.output.summary?.includes('/pull/2#issuecomment-') === true ? true : null));
    on.repository.comment('max', 2, 'B');
    await on.checked(tip, 'success');
  });

  it('F4: takes no more comments for a minute: what lands lands meanwhile', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/x', { 'a.txt': '1\nx\n3\n' }), 'success');
    on.github.fault.next('POST /repos/acme/app/pulls', 'secondary-limit-bare');
    await on.ready('ben', 'feature/y', { 'a.txt': '1\ny\n3\n' });
    await on.until('the limit to be met', () => (on.github.fault.open().length === 0 ? true : null));
    await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    await on.holds('main', 'README.md', 'more');
  });

  it('F7, F8, F10: calls what it likes of branches and pull requests: nothing of it is asked, neither to decide nor to land', async () => {
    on = await stage(FILES);
    await on.repository.push('ada', 'feature/docs', { 'README.md': 'more\n' }, 'not yet');
    on.repository.openPull('ada', 'feature/docs');
    on.github.fault.next('PUT .*/merge', 'base-modified');
    on.github.fault.next('GET .*', 'stale', { times: 100 });
    await on.checked(await on.ready('ada', 'feature/docs', { 'README.md': 'more\nstill\n' }), 'success');
    expect(await on.repository.read('main', 'README.md')).toBe('more\nstill');
    expect(on.github.calls('(PUT .*/merge|GET .*/git/.*|PATCH .*/git/.*|POST /graphql)')).toEqual([]);
  });

  it('F9: renames the repository: it goes on', async () => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/warm', { 'warm.txt': '\n' }), 'success');
    on.repository.rename('acme', 'renamed');
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    await on.checked(tip, 'success');
  });

  it.each([['told of it', false], ['never told', true]])('F9: gives the repository to another owner, %s: it goes on with what it knew', async (_, lost) => {
    on = await stage(FILES);
    await on.checked(await on.ready('ada', 'feature/warm', { 'warm.txt': '\n' }), 'success');
    await on.github.repository('umbrella/other');
    if (lost) on.github.webhooks.lose('repository');
    on.repository.transfer('max', 'umbrella');
    await on.github.webhooks.settled();
    const { app, tenants } = on.server.house;
    if (lost) await tenants.openAll(await app.installations());
    await on.checked(await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' }), 'success');
    const [tenant] = (await tenants.all()).filter(({ at }) => at.id === on.repository.id);
    expect([tenant?.at.owner, (await tenant?.control.explain('feature/warm'))?.request.phase.state]).toEqual(['umbrella', 'landed']);
  });

  it('F14: or a person merges by hand what waits: it is over, and nothing lands twice', async () => {
    on = await stage(FILES);
    const [tenant] = await on.until('the repository to be open', async () => ((await on.server.house.tenants.all())[0]?.service.heads.size ?? 0) > 0 ? on.server.house.tenants.all() : null);
    await tenant?.control.pause(null, 'max');
    const tip = await on.ready('ada', 'feature/docs', { 'README.md': 'more\n' });
    await on.checked(tip, 'queued');
    await on.repository.merge('max', on.repository.openPull('ada', 'feature/docs'));
    await tenant?.control.resume(null, 'max');
    expect((await on.checked(tip, 'neutral')).title).toContain('already');
    expect((await on.repository.subjects('main')).filter((subject) => subject.startsWith('Merge'))).toHaveLength(1);
  });
});
