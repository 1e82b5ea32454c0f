// When a commit message is a signal, and when it only talks about one.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MESSAGE_MAX, readSignal } from '../../src/merge/signal.ts';
import type { Signal, SignalReading } from '../../src/merge/signal.ts';

const MARKER = 'READY_TO_MERGE';
const plain: Signal = { dependsOn: [], target: null, priority: null };

function read(message: string): SignalReading {
  return readSignal(message, MARKER);
}

function isReady(message: string): boolean {
  const reading = read(message);
  return reading.kind === 'ready' || (reading.kind === 'malformed' && reading.ready);
}

function problems(message: string): string {
  const reading = read(message);
  return reading.kind === 'malformed' ? reading.problems.join('; ') : '';
}

describe('a branch is ready', () => {
  it.each([
    ['own line below a subject', 'Optimized vector search with parallel processing\n\nREADY_TO_MERGE'],
    ['end of the subject', 'Feature complete READY_TO_MERGE'],
    ['alone', 'READY_TO_MERGE\n'],
    ['right below the subject', 'Fix parser\nREADY_TO_MERGE\n'],
    ['trailing spaces', 'Fix parser\n\nREADY_TO_MERGE   \t\n'],
    ['CRLF', 'Fix parser\r\n\r\nREADY_TO_MERGE\r\n'],
    ['leading blank lines', '\n\nFix parser READY_TO_MERGE\n'],
    ['a colon before', 'Fix parser: READY_TO_MERGE'],
    ['a negation that denies something else', "Don't crash on empty input READY_TO_MERGE"],
    ['a no above it that denies something else', 'Fix parser\n\nBreaking changes: no\nREADY_TO_MERGE'],
    ['not in the middle of the subject', 'Handle file not found READY_TO_MERGE'],
    ['a negation in the sentence before', 'Fix parser\n\nWindows worked, Linux did not.\nREADY_TO_MERGE'],
    ['a doubt in the sentence before', 'Decide when. READY_TO_MERGE'],
    ['an article that ends a title', 'Plan for team A READY_TO_MERGE'],
    ['an article alone', 'a READY_TO_MERGE'],
    ['below a subject, before lower-case trailers of others', 'Fix parser\nREADY_TO_MERGE\nrefs: 12'],
    ['text behind it', 'Fix parser\n\nREADY_TO_MERGE\n\nSigned-off-by: A <a@b.c>'],
    ['behind a closed code block', 'Fix parser\n\n```sh\nnpm test\n```\n\nREADY_TO_MERGE'],
    ['behind inline code', 'Fix parser\n\n```npm test``` passes\n\nREADY_TO_MERGE'],
    ['a generated-by paragraph', 'Fix\n\nREADY_TO_MERGE\n\nGenerated with Some Tool\n\nCo-Authored-By: X <x@y.z>'],
    ['"Merge" as the first word of an own subject', 'Merge two lists in linear time READY_TO_MERGE'],
  ])('%s', (_name, message) => {
    expect(read(message)).toEqual({ kind: 'ready', signal: plain });
  });

  it('reads another marker', () => {
    expect(readSignal('Done\n\nSHIP-IT', 'SHIP-IT').kind).toBe('ready');
    expect(readSignal('Done\n\nREADY_TO_MERGE', 'SHIP-IT').kind).toBe('none');
  });
});

describe('a branch is not ready', () => {
  it.each([
    ['no marker', 'Fix parser'],
    ['nothing', ''],
    ['quoted line', 'Answer\n\n> READY_TO_MERGE'],
    ['quoted subject', '> Feature READY_TO_MERGE'],
    ['negated subject', 'Parser NOT READY_TO_MERGE'],
    ['not yet', 'Parser is not yet READY_TO_MERGE'],
    ['contracted', "Parser isn't READY_TO_MERGE"],
    ['contracted, curly', 'Parser isn\u2019t quite READY_TO_MERGE'],
    ['wip', 'Parser WIP: READY_TO_MERGE'],
    ['do not mark', 'Do not mark as READY_TO_MERGE'],
    ["don't treat", "Don't treat this as READY_TO_MERGE"],
    ['not considered', 'This should not be considered READY_TO_MERGE'],
    ['repeated', 'This is not, I repeat, READY_TO_MERGE'],
    ['not ready', 'Not ready: READY_TO_MERGE'],
    ['nothing', 'Nothing here is READY_TO_MERGE'],
    ['nor', 'neither tested nor READY_TO_MERGE'],
    ['hardly', 'hardly READY_TO_MERGE'],
    ['commented out', 'Docs\n\n<!--\nREADY_TO_MERGE\n-->'],
    ['conventional revert', 'revert(parser): x READY_TO_MERGE'],
    ['negated near miss', 'This is not ready_to_merge'],
    ['negated own line', 'Parser\n\nNOT READY_TO_MERGE'],
    ['fenced', 'Docs\n\n```\nREADY_TO_MERGE\n```'],
    ['fenced with tildes and a language', 'Docs\n\n~~~text\n```\nREADY_TO_MERGE\n~~~'],
    ['indented code', 'Docs\n\n    READY_TO_MERGE'],
    ['tab-indented code', 'Docs\n\n\tREADY_TO_MERGE'],
    ['squash of marked commits', 'Squashed commit of the following:\n\ncommit 1234\nAuthor: A <a@b.c>\n\n    Feature READY_TO_MERGE\n'],
    ['revert of a subject', 'Revert "Feature complete READY_TO_MERGE"\n\nThis reverts commit 1234.'],
    ['reworded revert', 'Take it back READY_TO_MERGE\n\nThis reverts commit 1234.'],
    ['merge subject', "Merge branch 'x' into READY_TO_MERGE"],
    ['merge with a log', "Merge branch 'x'\n\n* x:\n  Feature READY_TO_MERGE"],
    ['fixup', 'fixup! Feature complete READY_TO_MERGE'],
    ['of Maestro itself', 'Merge x READY_TO_MERGE\n\nREADY_TO_MERGE\n\nMaestro-Merge-Id: 0123456789ab'],
    ['inside a word', 'Rename NOT_READY_TO_MERGE'],
    ['a longer word', 'Fix\n\nREADY_TO_MERGE_LATER'],
    ['quotation marks', 'Explain "READY_TO_MERGE"'],
    ['backticks', 'Explain `READY_TO_MERGE`'],
    ['in the middle of the subject', 'The READY_TO_MERGE marker explained'],
    ['end of a body line', 'Docs\n\nThen write READY_TO_MERGE'],
    ['lower case in a sentence', 'Make it ready to merge'],
  ])('%s', (_name, message) => {
    expect(read(message)).toEqual({ kind: 'none' });
  });

  it.each([
    ['lower case', 'Fix\n\nready_to_merge'],
    ['spaces', 'Fix\n\nREADY TO MERGE'],
    ['dashes', 'Fix\n\nREADY-TO-MERGE'],
    ['mixed case', 'Fix\n\nReady_To_Merge'],
    ['full stop', 'Fix\n\nREADY_TO_MERGE.'],
    ['bold', 'Fix\n\n**READY_TO_MERGE**'],
    ['one space before', 'Fix\n\n READY_TO_MERGE'],
    ['NBSP behind', 'Fix\n\nREADY_TO_MERGE\u00a0'],
    ['zero-width space', 'Fix\n\nREADY_\u200bTO_MERGE'],
    ['byte order mark', '\ufeffREADY_TO_MERGE'],
    ['a missing letter', 'Fix\n\nREADY_TO_MERG'],
    ['swapped letters', 'Fix\n\nREADY_TO_MEGRE'],
    ['a look-alike letter', 'Fix\n\nRE\u0410DY_TO_MERGE'],
    ['full-width letters', 'Fix\n\n\uff32\uff25\uff21\uff24\uff39_TO_MERGE'],
    ['plain English', 'Ready to merge'],
  ])('and the author is told of a near miss: %s', (_name, message) => {
    expect(read(message)).toMatchObject({ kind: 'malformed', ready: false, signal: null });
    expect(problems(message)).toContain('write READY_TO_MERGE on a line of its own');
  });

  it.each([
    ['lower case', 'Done ready_to_merge'],
    ['full stop', 'Done READY_TO_MERGE.'],
    ['brackets', 'Done [READY_TO_MERGE]'],
    ['emoji', 'Done READY_TO_MERGE \u{1f680}'],
    ['NBSP', 'Done\u00a0READY_TO_MERGE'],
    ['in front', 'READY_TO_MERGE: Done'],
    ['label in the body', 'Docs\n\nStatus: READY_TO_MERGE'],
    ['a sentence in the body', 'Fix\n\nAll green. READY_TO_MERGE'],
  ])('and the author is told where it would count: %s', (_name, message) => {
    expect(isReady(message)).toBe(false);
    expect(problems(message)).toContain('as the last word of the subject');
  });

  it.each([
    ['no longer', 'Parser no longer READY_TO_MERGE', 'mentions READY_TO_MERGE'],
    ['a title or a wish to drop it', 'Support drag and drop READY_TO_MERGE', 'mentions READY_TO_MERGE'],
    ['undo', 'Undo READY_TO_MERGE', 'mentions READY_TO_MERGE'],
    ['an article behind a verb of talking', 'Document the READY_TO_MERGE', 'mentions READY_TO_MERGE'],
    ['negated over a line break', 'Parser\n\nDo NOT mark this\nREADY_TO_MERGE', 'the line above READY_TO_MERGE denies it'],
    ['wrapped prose', 'Rename it\n\nWe rename the marker from DONE to\nREADY_TO_MERGE\nto match docs.', 'in the middle of a sentence'],
    ['unclosed fence', 'Docs\n\n```\nREADY_TO_MERGE', 'a block that opens in line 3 and is never closed'],
    ['a subject that opens a fence', '``` support\n\nREADY_TO_MERGE', 'a block that opens in line 1'],
    ['unclosed comment', 'Docs\n\n<!-- see\n\nREADY_TO_MERGE', 'a block that opens in line 3'],
    ['a sentence about the marker', 'Rename the marker to READY_TO_MERGE', 'mentions READY_TO_MERGE'],
    ['an own line in a revert', 'Revert "x"\n\nThis reverts commit 1234.\n\nREADY_TO_MERGE', 'a revert'],
    ['an own line in a merge commit', "Merge branch 'main' into x\n\nREADY_TO_MERGE", 'a merge commit'],
    ['a cherry-pick', 'Fix\n\nREADY_TO_MERGE\n\n(cherry picked from commit 1234)', 'a cherry-pick'],
  ])('and the author is told why: %s', (_name, message, why) => {
    expect(isReady(message)).toBe(false);
    expect(problems(message)).toContain(why);
  });
});

describe('trailers', () => {
  it.each<[string, string, Partial<Signal>]>([
    ['all of them', 'Depends-On: a\nTarget: team/web\nPriority: high', { dependsOn: ['a'], target: 'team/web', priority: 'high' }],
    ['any case', 'DEPENDS-ON: a\npriority: Hotfix', { dependsOn: ['a'], priority: 'hotfix' }],
    ['repeated and separated', 'Depends-On: a, b\nDepends-On: b\nDepends-On: c', { dependsOn: ['a', 'b', 'c'] }],
    ['folded', 'Depends-On: a,\n  b', { dependsOn: ['a', 'b'] }],
    ['among others', 'Signed-off-by: A <a@b.c>\nTarget: main\nChange-Id: I123', { target: 'main' }],
    ['before a generated-by paragraph', 'Depends-On: a\n\nGenerated with a tool\n\nCo-Authored-By: X <x@y.z>', { dependsOn: ['a'] }],
    ['in an own paragraph', '\nTarget: main\n\nCo-Authored-By: X <x@y.z>', { target: 'main' }],
    ['the same target twice', 'Target: main\nTarget: main', { target: 'main' }],
    ['CRLF', 'Target: main\r\nPriority: low\r', { target: 'main', priority: 'low' }],
  ])('are read: %s', (_name, trailers, wanted) => {
    expect(read(`Fix parser\n\nREADY_TO_MERGE\n${trailers}\n`)).toEqual({ kind: 'ready', signal: { ...plain, ...wanted } });
  });

  it('are read in the last paragraph when the subject carries the marker', () => {
    expect(read('Fix READY_TO_MERGE\n\nWhy.\n\nTarget: main')).toMatchObject({ signal: { target: 'main' } });
  });

  it.each([
    ['prose', 'Fix\n\nTarget: main\nPriority: high\n\nREADY_TO_MERGE\n\nReviewed by hand.'],
    ['a footer of a tool', 'Fix READY_TO_MERGE\n\nTarget: main\nPriority: high\n\n\u{1f916} Generated with a tool\n\nCo-Authored-By: X <x@y.z>'],
  ])('are read in a paragraph of their own, whatever follows: %s', (_name, message) => {
    expect(read(message)).toEqual({ kind: 'ready', signal: { ...plain, target: 'main', priority: 'high' } });
  });

  it('are prose above the last paragraphs, but a dependency counts anywhere', () => {
    const message = 'Fix\n\nTarget: half the latency\nDepends-On: a\nand so on.\n\nREADY_TO_MERGE';
    expect(read(message)).toEqual({ kind: 'ready', signal: { ...plain, dependsOn: ['a'] } });
  });

  it('are nothing in a code block', () => {
    expect(read('Fix READY_TO_MERGE\n\n```\nDepends-On: a\n```')).toEqual({ kind: 'ready', signal: plain });
  });

  it.each<[string, string, Partial<Signal>, string]>([
    ['unknown priority', 'Priority: urgent', {}, '`urgent` is none of hotfix, high, normal, low'],
    ['two priorities', 'Priority: low\nPriority: high', {}, 'given twice'],
    ['empty priority', 'Priority:', {}, 'none of'],
    ['empty target', 'Target:', {}, 'Target: is empty'],
    ['empty dependency', 'Depends-On: a,,b', { dependsOn: ['a', 'b'] }, 'empty name'],
    ['a dependency that is no branch', 'Depends-On: a b', { dependsOn: ['a b'] }, 'no branch name'],
    ['a near miss of a key', 'Depends on: a', { dependsOn: ['a'] }, 'write `Depends-On:`'],
  ])('keep the push when malformed: %s', (_name, trailers, wanted, problem) => {
    const message = `Fix\n\nREADY_TO_MERGE\n${trailers}`;
    expect(read(message)).toMatchObject({ kind: 'malformed', ready: true, signal: { ...plain, ...wanted } });
    expect(problems(message)).toContain(problem);
  });

  it('in the middle of prose are told, and the push goes on without them', () => {
    const message = 'Fix\n\nWhy.\nTarget: team/web\n\nREADY_TO_MERGE';
    expect(read(message)).toMatchObject({ kind: 'malformed', ready: true, signal: plain });
    expect(problems(message)).toBe('Target: is not read in the middle of a paragraph; put it below the marker or in a paragraph of its own');
  });

  it('that are like ours but others are left alone', () => {
    expect(read('Fix\n\nREADY_TO_MERGE\nTargets: all users\nRefs: a\nDependencies: none of ours')).toEqual({ kind: 'ready', signal: plain });
  });

  it.each([
    ['swapped letters in a key', 'Depneds-On: a', 'write `Depends-On:` instead of `Depneds-On:`'],
    ['a missing letter in a key', 'Depend-On: a', 'write `Depends-On:`'],
    ['another word for a key', 'Dependencies: a, b', 'write `Depends-On:`'],
    ['a misspelt priority', 'Priorty: high', 'write `Priority:`'],
    ['a misspelt target', 'Traget: main', 'write `Target:`'],
    ['a target that is no branch', 'Target: a b', 'Target: `a b` is no branch name: only letters'],
    ['two targets', 'Target: main\nTarget: team/web', 'names two branches'],
    ['too many dependencies', `Depends-On: ${Array.from({ length: 21 }, (_, i) => `b${i}`).join(',')}`, 'more than 20'],
    ['too many commas', `Depends-On: ${','.repeat(500)}`, 'more than 20'],
    ['too many trailers', 'Priority: low\n'.repeat(500), 'more than 200 trailers'],
  ])('end the push with a reason when nobody can tell what was meant: %s', (_name, trailers, problem) => {
    const message = `Fix\n\nREADY_TO_MERGE\n${trailers}`;
    expect(read(message)).toMatchObject({ kind: 'malformed', ready: true, signal: null });
    expect(problems(message)).toContain(problem);
  });
});

describe('any message', () => {
  it('is read without throwing, and needs the marker', () => {
    const part = fc.constantFrom(MARKER, '\n', '\n\n', ' ', 'Depends-On: ', 'Target:', 'Priority: ', 'a', ',', '```', '> ', 'not ', '\r', '\u00a0');
    fc.assert(fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 40 }), (parts) => {
      const message = parts.join('');
      expect(isReady(message) && !message.includes(MARKER)).toBe(false);
    }), { numRuns: 500 });
  });

  it.each([
    ['spaces', ' '], ['newlines', '\n'], ['backticks', '`'], ['colons', ':'], ['markers', 'READY_TO_MERGE '], ['negations', 'not '],
    ['dependencies', 'Depends-On: a\n'], ['folded lines', ' a\n'], ['keys', 'Depends-On:'], ['commas', 'Depends-On: ,,,,'],
  ])('of 1 MB costs little: %s', (_name, unit) => {
    const message = `Fix READY_TO_MERGE\n\nDepends-On: x\n${unit.repeat(MESSAGE_MAX / unit.length)}`.slice(0, MESSAGE_MAX);
    // A quadratic reader needs minutes: longer than a test may take.
    expect(['ready', 'none', 'malformed']).toContain(read(message).kind);
  });

  it('beyond 1 MB is not read, not even a half line that would be the marker', () => {
    const head = `Fix\n\n${'x'.repeat(MESSAGE_MAX - 6 - MARKER.length)}\n`;
    expect(read(`${head}${MARKER}_NOT`)).toEqual({ kind: 'none' });
  });
});
