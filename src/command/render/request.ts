// What one merge request is called and how it stands, in a few words. The words every other rendering shares.
import { isTakenOff } from '../../merge/advice.ts';
import { printable, shortName } from '../../merge/branch.ts';
import type { MergeRequest } from '../../merge/request.ts';
import type { Tone } from './line.ts';

export function nameOf(request: MergeRequest): string {
  const branch = printable(shortName(request.branch));
  switch (request.kind.kind) {
    case 'branch': return branch;
    case 'promotion': return `${branch} (promotion)`;
    case 'back-merge': return `${branch} (merged back)`;
    case 'rollback': return `${branch} (rollback)`;
  }
}

export function stateOf(request: MergeRequest): { readonly word: string; readonly tone: Tone } {
  const { phase } = request;
  switch (phase.state) {
    case 'queued': return phase.hold === null ? { word: 'queued', tone: 'plain' } : { word: 'held', tone: 'ask' };
    case 'deliberating': return { word: 'conflict', tone: 'ask' };
    case 'escalated': return { word: 'asks you', tone: 'ask' };
    case 'gating': return phase.verdict === null ? { word: 'gating', tone: 'plain' } : { word: 'gated', tone: 'good' };
    case 'landing': return { word: 'landing', tone: 'good' };
    case 'landed': return { word: 'landed', tone: 'good' };
    case 'rejected': return { word: 'rejected', tone: 'bad' };
    case 'superseded': return { word: 'superseded', tone: 'quiet' };
    case 'cancelled': return { word: 'cancelled', tone: 'quiet' };
    case 'rolled-back': return isTakenOff(phase) ? { word: 'taken off', tone: 'bad' } : { word: 'rolled back', tone: 'quiet' };
  }
}
