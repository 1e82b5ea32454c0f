// The thread of the ladder, put together. Started by adapter/ladder only.
import { parentPort } from 'node:worker_threads';
import { serveLadder } from './adapter/ladder/serve.ts';
import { GRAMMAR_PATHS } from './adapter/syntax/grammar.ts';
import { loadParser } from './adapter/syntax/parser.ts';
import { learn, noLessons, witness, type Lessons } from './resolution/lesson.ts';
import { bareKey, linesOf } from './resolution/line.ts';

/** Repositories whose lessons are kept; the one taught longest ago goes first. */
const SCOPES_MAX = 256;
const scopes = new Map<string, Lessons>();

if (parentPort !== null) serveLadder(parentPort, {
  parser: await loadParser(GRAMMAR_PATHS),
  school: {
    lessonsOf: (scope) => scopes.get(scope) ?? null,
    forget: (scope) => void scopes.delete(scope),
    learn(scope, file, resolved, best) {
      const lessons = scopes.get(scope) ?? noLessons();
      scopes.delete(scope);
      scopes.set(scope, lessons);
      const [oldest] = scopes.keys();
      if (scopes.size > SCOPES_MAX && oldest !== undefined) scopes.delete(oldest);
      if (learn(lessons, file, resolved) && best !== null) witness(lessons, file, { chance: best.believed ?? best.probability, right: bareKey(linesOf(best.text)) === bareKey(linesOf(resolved)) });
    },
  },
});
