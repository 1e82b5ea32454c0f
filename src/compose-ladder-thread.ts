// The thread of the ladder, put together. Started by adapter/ladder only.
import { parentPort } from 'node:worker_threads';
import { serveLadder } from './adapter/ladder/serve.ts';
import { GRAMMAR_PATHS } from './adapter/syntax/grammar.ts';
import { loadParser } from './adapter/syntax/parser.ts';
import { learn, noLessons, type Lessons } from './resolution/lesson.ts';

const scopes = new Map<string, Lessons>();

if (parentPort !== null) serveLadder(parentPort, {
  parser: await loadParser(GRAMMAR_PATHS),
  school: {
    lessonsOf: (scope) => scopes.get(scope) ?? null,
    learn(scope, file, resolved) {
      const lessons = scopes.get(scope) ?? noLessons();
      scopes.set(scope, lessons);
      learn(lessons, file, resolved);
    },
  },
});
