// Who does what in the demo: three agents, their branches, their edits, and which file two of them fight over. Plain data.
import { ENDPOINTS, projectFiles, searchInParallel, storeInBatches, streamAnswers, VECTOR_STORAGE } from './project.ts';

/** Path to the whole new text of a file. */
export type Edits = Readonly<Record<string, string>>;

export type Agent = {
  readonly name: 'Apollo' | 'Athena' | 'Numa';
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
  readonly first: Agent;
  /** Changes the same lines as `first`. */
  readonly second: Agent;
  readonly third: Agent;
  readonly contested: { readonly path: string; readonly place: string | null };
  readonly gate: string | null;
};

export const MARKER = 'READY_TO_MERGE';

export function sampleStory(): Story {
  return {
    start: { message: 'Engram: vectors in memory, found by similarity', files: projectFiles() },
    first: agent('Apollo', 'optimize-vector-search', 'Optimized vector search with parallel processing', 'Parallel search: all shards at once, one thread each', searchInParallel()),
    second: agent('Athena', 'optimize-memory-storage', 'Optimized memory storage with batch operations', 'Batch operations: vectors packed together, unpacked to search', storeInBatches()),
    third: agent('Numa', 'optimize-api-performance', 'Optimized API with streaming responses', `Streaming responses in ${ENDPOINTS}`, streamAnswers()),
    contested: { path: VECTOR_STORAGE, place: 'VectorStorage.search()' },
    gate: 'sh check.sh',
  };
}

/** Numa marks the subject, the others give the marker a line of its own: both are read. */
export function agent(name: Agent['name'], sprint: string, subject: string, claim: string, edits: Edits): Agent {
  const message = name === 'Numa' ? `${subject} ${MARKER}` : `${subject}\n\n${MARKER}`;
  return { name, branch: `sprint/${sprint}`, subject, message, edits, claim };
}

export function agentsOf(story: Story): readonly [Agent, Agent, Agent] {
  return [story.first, story.second, story.third];
}
