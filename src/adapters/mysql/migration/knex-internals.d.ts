/**
 * The parts of Knex that the fenced client extends. Knex publishes no types for its dialects; these
 * are its own files, pinned with Knex's version.
 */
declare module 'knex/lib/dialects/mysql2/index.js' {
  import type { Knex } from 'knex';
  import type Runner from 'knex/lib/execution/runner.js';

  export interface QueryObject {
    sql: string;
    bindings?: readonly unknown[];
    options?: object;
    response?: unknown;
  }

  export default class Client_MySQL2 extends (class {} as unknown as new (
    config: Knex.Config,
  ) => Knex.Client) {
    initializeDriver(): void;
    runner(builder: unknown): Runner;
    _query(connection: unknown, query: QueryObject): Promise<QueryObject>;
    _stream(
      connection: unknown,
      query: QueryObject,
      stream: NodeJS.WritableStream,
      options: object,
    ): Promise<unknown>;
  }
}

declare module 'knex/lib/dialects/mysql2/transaction.js' {
  import type { Knex } from 'knex';

  export default class Transaction_MySQL2 {
    constructor(
      client: Knex.Client,
      container: unknown,
      config?: { connection?: unknown },
      outerTx?: Transaction_MySQL2 | null,
    );
    readonly client: Knex.Client;
    readonly outerTx: Transaction_MySQL2 | null;
    acquireConnection<Result>(
      config: { connection?: unknown } | undefined,
      use: (connection: unknown) => Promise<Result>,
    ): Promise<Result>;
  }
}

declare module 'knex/lib/execution/runner.js' {
  import type { Knex } from 'knex';
  import type { QueryObject } from 'knex/lib/dialects/mysql2/index.js';

  export default class Runner {
    constructor(client: Knex.Client, builder: unknown);
    queryArray(queries: readonly QueryObject[]): Promise<unknown>;
  }
}
