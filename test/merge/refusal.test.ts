import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../src/merge/refusal.ts';

describe('a refusal of the remote names the setting that would let it through', () => {
  it.each([
    ['GH006: Protected branch update failed for refs/heads/main.; Changes must be made through a pull request.', true, 'Settings > Branches'],
    ['GH013: Repository rule violations found for refs/heads/main.', true, 'bypass list of the ruleset'],
    ['GH013: Repository rule violations found; Changes must be made through the merge queue', true, 'merge queue'],
    ['refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission', false, 'permission Workflows'],
    ['remote: Permission to acme/app.git denied to maestro[bot].', true, 'refs/maestro/'],
    ['pre-receive hook declined: commit message too short', false, 'maestro retry'],
  ])('%s', (detail, meetsAll, next) => {
    expect(refusalOf(detail)).toEqual({ meetsAll, next: expect.stringContaining(next) });
  });
});
