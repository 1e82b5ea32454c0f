// The names of everything one repository keeps in Redis. Repositories never mix, and all keys of one fall into one slot of a cluster.

export type Keys = {
  readonly holder: string;
  readonly lanes: string;
  readonly notes: string;
  readonly lease: string;
  /** Names may hold any text: each stands at the end of its key. */
  lane(target: string): string;
  request(id: string): string;
  intent(id: string): string;
};

/** `repository`: any text; what a key or a slot would read in it is encoded. */
export function keysOf(repository: string): Keys {
  const prefix = `maestro:{${encodeURIComponent(repository.toWellFormed())}}`;
  return {
    holder: `${prefix}:holder`,
    lanes: `${prefix}:lanes`,
    notes: `${prefix}:notes`,
    lease: `${prefix}:lease`,
    lane: (target) => `${prefix}:lane:${target}`,
    request: (id) => `${prefix}:request:${id}`,
    intent: (id) => `${prefix}:intent:${id}`,
  };
}
