// The GitHub App: are its settings whole, does GitHub know it, may it do what Maestro does. Asks, changes nothing.
import { MaestroError } from '../../error.ts';
import { printable } from '../../merge/branch.ts';
import { readSettings, type Settings } from '../serve/settings.ts';
import { found, ok, type Check } from './check.ts';

const ORDER = ['none', 'read', 'write', 'admin'];
const MINUTE_MS = 60_000;

/** Nothing, where no App is meant to run here. */
export async function appChecks(env: Readonly<Record<string, string | undefined>>): Promise<readonly Check[]> {
  const reading = readSettings(env, null);
  switch (reading.kind) {
    case 'unset': return [found('github app', 'note', 'not set up here (only needed to run as a GitHub App)', 'npm start   (serves a page that creates the App)')];
    case 'broken': return reading.problems.map(({ variable, why, next }) => found('github app', 'fatal', `${variable} ${printable(why)}`, next));
    case 'ok': return [ok('github app', 'its settings are whole'), ...await onGitHub(reading.settings)];
  }
}

/** Loaded where an App is set up only: what speaks to GitHub is large. */
async function onGitHub({ appId, privateKey, apiUrl }: Settings): Promise<readonly Check[]> {
  const { openApp } = await import('../../adapter/github/app.ts');
  const { PERMISSIONS } = await import('../../adapter/github/token.ts');
  try {
    const app = await openApp({ appId, privateKey, baseUrl: apiUrl });
    const missing = Object.entries(PERMISSIONS).filter(([name, level]) => ORDER.indexOf(app.permissions[name] ?? 'none') < ORDER.indexOf(level)).map(([name, level]) => `${name}: ${level}`);
    const installations = await app.installations();
    return [
      missing.length === 0 ? ok('github', `knows the App as ${printable(app.slug)}`) : found('github', 'fatal', `the App ${printable(app.slug)} lacks ${missing.join(', ')}`, 'the App\'s settings on GitHub, Permissions & events; then accept them in each installation'),
      installations.length === 0 ? found('github', 'warn', 'the App is installed nowhere yet', 'the App\'s page on GitHub, Install App') : ok('github', `installed ${installations.length === 1 ? 'once' : `${installations.length} times`}`),
      ...clockCheck(app.clockAheadMs),
    ];
  } catch (error) {
    if (!(error instanceof MaestroError)) throw error;
    return [found('github', 'fatal', printable(error.message), error.next)];
  }
}

/** Maestro goes by GitHub's clock where it matters; what people read in its logs and certificates goes by this one. */
function clockCheck(aheadMs: number): readonly Check[] {
  const minutes = Math.round(Math.abs(aheadMs) / MINUTE_MS);
  return minutes === 0 ? [] : [found('clock', 'warn', `this machine's clock is ${minutes} min ${aheadMs > 0 ? 'ahead of' : 'behind'} GitHub's`, 'set it, by NTP')];
}
