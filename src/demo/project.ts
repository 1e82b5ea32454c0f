// The small project the four agents work on: engram, an in-memory store for vectors with an API. Plain texts; knows nothing of Git or Maestro.
import type { RoleName } from '../consensus/ballot.ts';

const STORAGE = 'engram/core/memory/storage';
const DISTANCE = 'engram/core/memory/distance.py';
export const VECTOR_STORAGE = `${STORAGE}/vector_storage.py`;
export const ENDPOINTS = 'engram/api/v1/endpoints.py';
export const SETTINGS = 'engram/settings.py';

/** What the built-in voters are called here. None of them works on a branch: nobody votes on work of its own. */
export const VOTER_NAMES: Readonly<Record<RoleName, string>> = { structure: 'Tekton', sides: 'Themis', change: 'Hestia', history: 'Clio', gates: 'Cerberus', ladder: 'Metis' };

/** Path to text, as on the first commit of main. */
export function projectFiles(): Readonly<Record<string, string>> {
  return {
    'README.md': README,
    'check.sh': CHECK,
    '.github/maestro.yml': CONFIG,
    [DISTANCE]: DISTANCES,
    [VECTOR_STORAGE]: vectorStorage({ imports: '', add: ADD, search: SEARCH }),
    [ENDPOINTS]: endpoints(ANSWER),
    [SETTINGS]: settings(['"search": "serial"'], ['"storage": "single"']),
  };
}

/** Apollo: every shard at once, and that by default. */
export function searchInParallel(): Readonly<Record<string, string>> {
  return {
    [`${STORAGE}/parallel.py`]: PARALLEL,
    [VECTOR_STORAGE]: vectorStorage({ imports: '', add: ADD, search: SEARCH_IN_PARALLEL }),
    [SETTINGS]: settings(['"search": "parallel"'], ['"storage": "single"']),
  };
}

/** Rhetor: the line below the one that Apollo changes. */
export function tuneDefaults(): Readonly<Record<string, string>> {
  return { [SETTINGS]: settings(['"search": "serial"'], ['"storage": "batched"']) };
}

/** Athena: vectors are stored packed, many at a time, and searched the way they are stored. */
export function storeInBatches(): Readonly<Record<string, string>> {
  const imports = `from ${STORAGE.replaceAll('/', '.')}.packing import pack, unpack\n`;
  return {
    [`${STORAGE}/packing.py`]: PACKING,
    [VECTOR_STORAGE]: vectorStorage({ imports, add: ADD_BATCH, search: SEARCH_IN_BATCHES }),
  };
}

/** Numa: answers leave while they are still being found. */
export function streamAnswers(): Readonly<Record<string, string>> {
  return { [ENDPOINTS]: endpoints(ANSWER_AS_STREAM) };
}

const README = `# engram

Memory for agents. \`VectorStorage\` keeps vectors, \`search\` finds the nearest ones, the API hands them out.

Checked by \`sh check.sh\` before anything lands on main.
`;

// diff3 may propose, no more: the story is about minds and the question.
const CONFIG = `version: 1
marker: READY_TO_MERGE
targets:
  - target: main
    gate: { run: sh check.sh, timeout: 1m }
    diff3: offer
consensus:
  threshold: 0.85
  names: { ${Object.entries(VOTER_NAMES).map(([role, name]) => `${role}: ${name}`).join(', ')} }
`;

const CHECK = `#!/bin/sh
# What must hold for every tree of main. POSIX sh and grep only: it runs where no Python is.
bad=0
say() { echo "check: $1"; bad=1; }

files=$(find engram -name '*.py')
marked=$(grep -lE '^(<<<<<<<|=======|>>>>>>>)' $files)
[ -z "$marked" ] || say "conflict markers in $marked"
tabbed=$(grep -l "$(printf '\\t')" $files)
[ -z "$tabbed" ] || say "tabs in $tabbed"
for file in $files; do
  read -r first < "$file"
  case $first in '"""'*) ;; *) say "$file does not begin by saying what it is" ;; esac
done

# Every module of ours that is imported is there.
for path in $(sed -n 's/^from \\(engram[a-z_.]*\\) import .*/\\1/p' $files | tr . /); do
  [ -e "$path.py" ] || [ -d "$path" ] || say "$path is imported and not there"
done

grep -q 'def search(self, query, limit=10)' engram/core/memory/storage/vector_storage.py || say 'VectorStorage.search changed its signature'
# A search in parallel that nobody is given was written for nothing.
[ ! -e ${STORAGE}/parallel.py ] || grep -q '"search": "parallel"' engram/settings.py || say 'the search in parallel is not in use'
grep -q 'def search(request)' engram/api/v1/endpoints.py || say 'the API lost its search'
[ $bad -eq 0 ] && echo 'check: all good'
exit $bad
`;

const DISTANCES = `"""How near two vectors are."""
from math import sqrt


def cosine(one, other):
    """1 for the same direction, 0 for unrelated ones."""
    product = sum(a * b for a, b in zip(one, other))
    lengths = sqrt(sum(a * a for a in one)) * sqrt(sum(b * b for b in other))
    return product / lengths if lengths else 0.0
`;

const PARALLEL = `"""Scores many shards at once."""
from concurrent.futures import ThreadPoolExecutor

from engram.core.memory.distance import cosine


def scored(query, shards):
    """Every key of every shard with its score; one thread a shard."""
    with ThreadPoolExecutor() as pool:
        for part in pool.map(lambda shard: score(query, shard), shards):
            yield from part


def score(query, shard):
    """The keys of one shard with their scores."""
    return [(cosine(query, vector), key) for key, vector in shard.items()]
`;

const PACKING = `"""Many vectors as one block of bytes, and back."""
from json import dumps, loads
from zlib import compress, decompress


def pack(vectors):
    """Small, and opaque until unpacked."""
    return compress(dumps(vectors).encode())


def unpack(block):
    """What was packed."""
    return loads(decompress(block))
`;

function vectorStorage(more: { readonly imports: string; readonly add: string; readonly search: string }): string {
  return `"""Where engram keeps its vectors."""
from engram.core.memory.distance import cosine
${more.imports}

class VectorStorage:
    """Vectors in memory, found by similarity."""

    def __init__(self):
        self.shards = {}

    def count(self):
        """How many shards there are."""
        return len(self.shards)

${more.add}
    def search(self, query, limit=10):
        """The keys nearest to the query, best first."""
${more.search}`;
}

const ADD = `    def add(self, key, vector, shard="default"):
        """Keeps one vector."""
        self.shards.setdefault(shard, {})[key] = vector
`;

const ADD_BATCH = `    def add(self, key, vector, shard="default"):
        """Keeps one vector: a batch of one."""
        self.add_batch({key: vector}, shard)

    def add_batch(self, vectors, shard="default"):
        """Keeps many vectors as one packed block."""
        self.shards.setdefault(shard, []).append(pack(vectors))
`;

const SEARCH = `        found = []
        for shard in self.shards.values():
            for key, vector in shard.items():
                found.append((cosine(query, vector), key))
        found.sort(reverse=True)
        return [key for _, key in found[:limit]]
`;

const SEARCH_IN_PARALLEL = `        from engram.core.memory.storage.parallel import scored
        found = sorted(scored(query, self.shards.values()), reverse=True)
        return [key for _, key in found[:limit]]
`;

const SEARCH_IN_BATCHES = `        found = []
        for shard in self.shards.values():
            for block in shard:
                found += [(cosine(query, v), key) for key, v in unpack(block).items()]
        return [key for _, key in sorted(found, reverse=True)[:limit]]
`;

function settings(search: readonly string[], storage: readonly string[]): string {
  return `"""What engram starts with."""

DEFAULTS = {
    "version": 1,
    "name": "engram",
${[...search, ...storage].map((line) => `    ${line},`).join('\n')}
    "limit": 10,
    "threads": 4,
}
`;
}

function endpoints(answer: string): string {
  return `"""The API: version 1."""
from engram.core.memory.storage.vector_storage import VectorStorage

storage = VectorStorage()


def search(request):
    """Answers a query with the nearest memories."""
    keys = storage.search(request["query"], request.get("limit", 10))
${answer}

def health(request):
    """Says that somebody is there."""
    return {"status": "ok"}
`;
}

const ANSWER = `    return {"status": "ok", "keys": keys}
`;

const ANSWER_AS_STREAM = `    return {"status": "ok", "stream": (chunk for chunk in chunks(keys))}


def chunks(keys, size=16):
    """A few keys at a time, sent as soon as they are known."""
    for start in range(0, len(keys), size):
        yield keys[start:start + size]
`;
