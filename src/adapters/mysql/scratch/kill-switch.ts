import type { Connection } from 'mysql2';

/**
 * Ends the connections of one attempt as they end when its process is killed. The attempt's code stays where
 * it is and learns nothing until {@link release}, when its database does not matter any more.
 */
export class KillSwitch {
  /** Resolves when the attempt is killed. Never, if it ends before. */
  readonly killed: Promise<void>;
  /** Resolves with the error that the attempt may see when it is released. */
  readonly revived: Promise<Error>;
  readonly #connections = new Set<Connection>();
  readonly #onKilled: () => void;
  readonly #onRevived: (error: Error) => void;
  #isKilled = false;

  constructor() {
    const killed = Promise.withResolvers<void>();
    const revived = Promise.withResolvers<Error>();
    this.killed = killed.promise;
    this.#onKilled = killed.resolve;
    this.revived = revived.promise;
    this.#onRevived = revived.resolve;
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** Takes a connection of the attempt. One that was killed opens no more. */
  adopt(connection: Connection): void {
    if (this.#isKilled) {
      connection.destroy();
      throw lost();
    }
    this.#connections.add(connection);
  }

  kill(): void {
    this.#isKilled = true;
    for (const connection of this.#connections) {
      // The driver calls nobody back after `destroy`, which only closes its own side politely.
      connection.destroy();
      (connection as unknown as { stream: { destroy(): void } }).stream.destroy();
    }
    this.#onKilled();
  }

  /** Lets the killed attempt find out, so that its code comes to an end. */
  release(): void {
    this.#onRevived(lost());
  }
}

function lost(): Error {
  return Object.assign(new Error('The rehearsal stopped the migration here.'), {
    code: 'PROTOCOL_CONNECTION_LOST',
    fatal: true,
  });
}
