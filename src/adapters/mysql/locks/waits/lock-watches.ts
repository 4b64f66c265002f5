import { LockWatch } from './lock-watch.ts';
import type { UsingWatchConnection } from './watch-connections.ts';

interface SharedWatch {
  readonly watch: LockWatch;
  /** The number of tenants that use it now. */
  users: number;
}

/** The watches of this process, one for each user of a server, because only that user may kill its sessions. */
export class LockWatches {
  readonly #shared = new Map<string, SharedWatch>();

  /**
   * Passes the watch of a user to `work`. Its connections, if they were needed, are closed when the last tenant
   * that uses it is done.
   *
   * @param key the server and the user
   */
  async using<Result>(
    key: string,
    connect: UsingWatchConnection,
    work: (watch: LockWatch) => Promise<Result>,
  ): Promise<Result> {
    const shared = this.#shared.get(key) ?? { watch: new LockWatch(connect), users: 0 };
    this.#shared.set(key, shared);
    shared.users++;
    try {
      return await work(shared.watch);
    } finally {
      shared.users--;
      if (shared.users === 0) {
        this.#shared.delete(key);
        await shared.watch.close();
      }
    }
  }
}
