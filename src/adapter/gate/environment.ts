// The environment a gate's command sees: what its rule names, and what we give it. Nothing else of ours, so no secret can leak by accident.

export type OwnVariables = { readonly home: string; readonly temporary: string; readonly commit: string; readonly tree: string };

// Withheld even when named: they change what the wrapper, git or the loader do before the command has a say.
const STEERING = /^(?:GIT_|LD_|DYLD_|NODE_OPTIONS$|BASH_ENV$|ENV$|BASH_FUNC_)/;
const PATH_DEFAULT = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function gateEnvironment(names: readonly string[], ours: Readonly<Record<string, string | undefined>>, own: OwnVariables): Record<string, string> {
  const handedOn: Record<string, string> = { PATH: PATH_DEFAULT };
  for (const name of names) {
    const value = ours[name];
    if (value !== undefined && !STEERING.test(name)) handedOn[name] = value;
  }
  return {
    ...handedOn,
    HOME: own.home,
    TMPDIR: own.temporary,
    CI: 'true',
    MAESTRO: '1',
    MAESTRO_COMMIT: own.commit,
    MAESTRO_TREE: own.tree,
  };
}
