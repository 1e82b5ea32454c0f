// Conflicts for the minds on real git: the first branch lands, the second meets it, and what becomes of that is waited for.
import type { MergeRequest, Question } from '../../src/merge/request.ts';
import type { Maestro } from '../../src/compose.ts';
import type { Files } from '../harness/repository.ts';
import { gateConfig, scene, type Scene } from './scene.ts';

/** All but certain of whatever the real ladder holds best. */
export const SURE = new URL('../harness/sure-thread.ts', import.meta.url);

export type Clash = { readonly base: Files; readonly first: Files; readonly second: Files };
/** `gate` null: none. `more`: further lines of the config. `ladder` null: the real one. */
export type ClashChoices = { readonly diff3?: 'auto' | 'off'; readonly gate?: string | null; readonly more?: string; readonly ladder?: URL | null };

/** Both changed the same line, each another word of it. */
export const ROW: Clash = { base: { 'pool.json': row(4, 1) }, first: { 'pool.json': row(8, 1) }, second: { 'pool.json': row(4, 64) } };

export function row(shards: number, batch: number): string {
  return `{\n  "name": "pool",\n  "shards": ${shards}, "cache": 0, "batch": ${batch},\n  "owner": "infra"\n}\n`;
}

/** Where diff3 is off, as it is here unless told: what it settles by itself the minds never see. */
export async function clash({ base, first, second }: Clash, { gate = 'true', diff3 = 'off', more = '', ladder = SURE }: ClashChoices = {}): Promise<Scene & { readonly maestro: Maestro }> {
  const target = gate === null ? 'version: 1\ntargets:\n  - target: main\n' : gateConfig(gate);
  const on = await scene({ files: { 'a.txt': 'a\n', ...base }, config: `${target}    diff3: ${diff3}\n${more}`, ...(ladder === null ? {} : { ladder }) });
  await on.ready('feature/first', first);
  const maestro = await on.start();
  await on.landed('feature/first');
  await on.ready('feature/second', second);
  return { ...on, maestro };
}

export async function asked(on: Scene, branch = 'feature/second'): Promise<Question> {
  const { phase } = await on.until(`${branch} asked or over`, () => outcomeOf(on.request(branch)));
  if (phase.state !== 'escalated') throw new Error(`${branch} is ${phase.state}, nobody was asked: ${JSON.stringify(phase)}`);
  return phase.question;
}

function outcomeOf(request: MergeRequest | null): MergeRequest | null {
  return request !== null && ['escalated', 'landed', 'rejected'].includes(request.phase.state) ? request : null;
}
