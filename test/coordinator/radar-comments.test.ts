// The radar on pull requests: one comment on each side of a collision, edited, and nothing where nobody has to know.
import { expect, test } from 'vitest';
import { RadarComments } from '../../src/coordinator/radar-comments.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { RadarCollision, RadarReport } from '../../src/merge/radar.ts';
import type { Forge, Pull } from '../../src/port/forge.ts';

type Place = { readonly comments: Map<number, string[]>; readonly edits: number[]; readonly pulls: Map<string, number>; readonly notes: Map<string, string>; see(report: RadarReport): Promise<void>; open(branch: string, number: number): Promise<void>; restart(): void };

const OID = 'a'.repeat(40) as Oid;

function place(): Place {
  const comments = new Map<number, string[]>();
  const [edits, pulls, notes] = [[] as number[], new Map<string, number>(), new Map<string, string>()];
  const forge: Pick<Forge, 'pullOf' | 'say'> = {
    pullOf: (branch, target) => {
      const number = pulls.get(branch);
      const pull: Pull | null = number === undefined ? null : { number, branch, head: OID, target, author: 'x', open: true };
      return Promise.resolve(pull);
    },
    say: (pull, _key, body, shown) => {
      const said = comments.get(pull) ?? [];
      comments.set(pull, said);
      if (shown.kind === 'as') {
        said[0] = body;
        edits.push(pull);
      } else {
        said.push(body);
      }
      return Promise.resolve({ id: pull * 10, atMs: 0 });
    },
  };
  let tell = (_report: RadarReport): void => undefined;
  const watch = { start: () => undefined, listen: (listener: (report: RadarReport) => void) => {
    tell = listener;
    return () => undefined;
  } };
  const keep = { notes: { recall: (key: string) => Promise.resolve(notes.get(key) ?? null), remember: (key: string, value: string) => Promise.resolve(void notes.set(key, value)) } };
  const make = (): RadarComments => {
    const made = new RadarComments(keep, watch, forge, (error) => { throw error; });
    made.start();
    return made;
  };
  let shown = make();
  return {
    comments, edits, pulls, notes,
    see: async (report) => {
      tell(report);
      await shown.settled();
    },
    open: async (branch, number) => {
      pulls.set(`refs/heads/${branch}`, number);
      shown.pullMoved(`refs/heads/${branch}` as RefName);
      await shown.settled();
    },
    restart: () => void (shown = make()),
  };
}

function report(...pairs: readonly (readonly [string, string])[]): RadarReport {
  const collisions = pairs.map(([one, other]): RadarCollision => ({ one, other, more: 0, by: 'engine', files: [{ path: 'a.txt', kind: 'content', hunks: [{ one: { start: 3, end: 4 }, other: { start: 7, end: 7 } }] }] }));
  const branches = ['one', 'two', 'three'].map((branch) => ({ branch, tip: OID, owner: `${branch} <x@example.org>`, paths: 1, conflicts: [], undecided: false }));
  return { trouble: null, lanes: [{ target: 'main', tip: OID, branches, collisions, order: [], leftOut: { old: 0, beyond: 0 }, pairs: { all: 3, undecided: 0, untold: 0 } }] };
}

test('both sides are told, each from its own side', async () => {
  const here = place();
  await here.open('one', 1);
  await here.open('two', 2);
  await here.see(report(['one', 'two']));
  expect(here.comments.get(1)?.[0]).toContain('`two` by `two`: `a.txt` (line 3)');
  expect(here.comments.get(2)?.[0]).toContain('`one` by `one`: `a.txt` (line 7)');
});

test('the comment is edited, never a second one, and says when the collision is gone', async () => {
  const here = place();
  await here.open('one', 1);
  for (const seen of [report(['one', 'two']), report(['one', 'two']), report(['one', 'two'], ['one', 'three']), report()]) await here.see(seen);
  expect(here.comments.get(1)).toHaveLength(1);
  expect(here.edits).toEqual([1, 1]);
  expect(here.comments.get(1)?.[0]).toContain('collides with no other live branch');
});

test('a restart says nothing twice', async () => {
  const here = place();
  await here.open('one', 1);
  await here.see(report(['one', 'two']));
  here.restart();
  await here.see(report(['one', 'two']));
  expect([here.comments.get(1)?.length, here.edits]).toEqual([1, []]);
});

test('where no pull request is open nothing is said until one is', async () => {
  const here = place();
  await here.see(report(['one', 'two']));
  expect(here.comments.size).toBe(0);
  await here.open('two', 2);
  expect([...here.comments.keys()]).toEqual([2]);
});

test('a pull request that never heard of a collision does not hear of its end', async () => {
  const here = place();
  await here.see(report(['one', 'two']));
  await here.see(report());
  await here.open('one', 1);
  expect(here.comments.size).toBe(0);
});
