// Who does what in the demo: the agents, their branches and their edits. Plain data; who meets whom follows from the edits.
import { ENDPOINTS, projectFiles, searchInParallel, SETTINGS, storeInBatches, streamAnswers, tuneDefaults, VECTOR_STORAGE, VOTER_NAMES } from './project.ts';

/** Path to the whole new text of a file. */
export type Edits = Readonly<Record<string, string>>;

export type Agent = {
  readonly name: 'Apollo' | 'Rhetor' | 'Athena' | 'Numa';
  readonly branch: string;
  readonly subject: string;
  /** The commit message, marked in one of the two forms. */
  readonly message: string;
  readonly edits: Edits;
  /** What the agent says of its own work, for the person who may have to choose. */
  readonly claim: string;
};

export type Story = {
  /** What Casey commits to the target before anybody starts; null when nothing has to change. A null text deletes. */
  readonly start: { readonly message: string; readonly files: Readonly<Record<string, string | null>> } | null;
  /** In the order in which they push. */
  readonly agents: readonly Agent[];
  /** What the contested lines of a file are called, where the story knows. */
  readonly places: Readonly<Record<string, string>>;
  /** Names of the voters on conflicts, by role; empty where they have none. */
  readonly voters: Readonly<Record<string, string>>;
  readonly gate: string | null;
};

export const MARKER = 'READY_TO_MERGE';

export function sampleStory(): Story {
  return {
    start: { message: 'Engram: vectors in memory, found by similarity', files: projectFiles() },
    agents: [
      agent('Apollo', 'optimize-vector-search', 'Optimized vector search with parallel processing', 'Parallel search: all shards at once, one thread each', searchInParallel()),
      agent('Rhetor', 'tune-defaults', 'Tuned the defaults: storage in batched writes', 'Batched writes by default', tuneDefaults()),
      agent('Athena', 'optimize-memory-storage', 'Optimized memory storage with batch operations', 'Batch operations: vectors packed together, unpacked to search', storeInBatches()),
      agent('Numa', 'optimize-api-performance', 'Optimized API with streaming responses', `Streaming responses in ${ENDPOINTS}`, streamAnswers()),
    ],
    places: { [VECTOR_STORAGE]: 'VectorStorage.search()', [SETTINGS]: 'the defaults' },
    voters: VOTER_NAMES,
    gate: 'sh check.sh',
  };
}

/** Numa marks the subject, the others give the marker a line of its own: both are read. */
export function agent(name: Agent['name'], sprint: string, subject: string, claim: string, edits: Edits): Agent {
  const message = name === 'Numa' ? `${subject} ${MARKER}` : `${subject}\n\n${MARKER}`;
  return { name, branch: `sprint/${sprint}`, subject, message, edits, claim };
}
