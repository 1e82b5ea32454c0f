// Connections that have not sent a whole request yet. Beyond the bound the one that waits longest is closed, so slow ones never keep others out.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export class Crowd {
  // Insertion order is the order in which they began to wait.
  readonly #waiting = new Set<Socket>();
  readonly #answering = new Set<ServerResponse>();
  readonly #max: number;

  constructor(server: Server, max: number) {
    this.#max = max;
    server.on('connection', (socket: Socket) => {
      socket.once('close', () => this.#waiting.delete(socket));
      this.#wait(socket);
    });
  }

  /** The connection counts again once its request is answered. */
  serving(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    request.once('end', () => {
      // A refusal may be out before the rest of its request came in.
      if (!response.writableFinished) this.#waiting.delete(socket);
    });
    this.#answering.add(response);
    response.once('close', () => this.#answering.delete(response));
    response.once('finish', () => {
      if (!socket.destroyed) this.#wait(socket);
    });
  }

  /** Closes those that never sent anything, and each other one after its answer. */
  leave(): void {
    for (const response of this.#answering) response.shouldKeepAlive = false;
    for (const socket of this.#waiting) if (socket.bytesRead === 0) socket.destroy();
  }

  #wait(socket: Socket): void {
    this.#waiting.delete(socket);
    this.#waiting.add(socket);
    if (this.#waiting.size <= this.#max) return;
    for (const oldest of this.#waiting) {
      this.#waiting.delete(oldest);
      return void oldest.destroy();
    }
  }
}
