// fetch that never reads more than it was allowed to, and never follows anyone elsewhere: a voter's address was permitted, not what it points to.

export type BoundedFetch = { readonly fetch: typeof fetch; readonly isExceeded: () => boolean };

export function boundedFetch(bytesMax: number): BoundedFetch {
  let exceeded = false;
  const bounded: typeof fetch = async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'error' });
    let bytes = 0;
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.byteLength;
        exceeded ||= bytes > bytesMax;
        if (exceeded) controller.error(new Error('the answer is too large'));
        else controller.enqueue(chunk);
      },
    });
    return new Response(response.body?.pipeThrough(counter) ?? null, { status: response.status, statusText: response.statusText, headers: response.headers });
  };
  return { fetch: bounded, isExceeded: () => exceeded };
}
