// The verbs of the Git port that make merges and nothing else: no remote, no ref.
import type { Git } from '../../port/git.ts';
import { buildChain, type BuildTools } from './build.ts';
import { buildAnswer, buildOptions, conflictFiles } from './option.ts';

export type BuildVerbs = Pick<Git, 'build' | 'options' | 'conflictFiles' | 'answer'>;

export function bindBuild(tools: BuildTools): BuildVerbs {
  return {
    build: (effect) => buildChain(effect, tools),
    options: (request, onto, conflict, diff3, inverses) => buildOptions({ request, onto, conflict, diff3, inverses }, tools),
    conflictFiles: (request, onto, conflict, inverses) => conflictFiles({ request, onto, conflict, inverses }, tools),
    answer: (request, onto, conflict, choices, inverses) => buildAnswer({ request, onto, conflict, inverses }, choices, tools),
  };
}
