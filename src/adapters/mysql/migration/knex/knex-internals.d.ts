/**
 * The parts of Knex that the fenced client extends. Knex publishes no types for these internal files, which the
 * tests check with each supported version.
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
    connectionSettings: object;
    initializeDriver(): void;
    getPoolSettings(config: object | undefined): object;
    runner(builder: unknown): Runner;
    cancelQuery(): Promise<unknown>;
    validateConnection(connection: unknown): Promise<boolean>;
    query(connection: unknown, query: QueryObject | string): Promise<unknown>;
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

declare module 'knex/lib/knex-builder/make-knex.js' {
  import type { Knex } from 'knex';

  export interface MadeKnex extends Knex {
    userParams: Record<string, unknown>;
    readonly client: Knex.Client & { config: { connection: object }; connectionSettings: object };
    withUserParams(params: Record<string, unknown>): MadeKnex;
    /** Knex's migrator turns `wrapIdentifier` and the like off for its own queries, and on again. */
    disableProcessing(): void;
    enableProcessing(): void;
  }

  export default function makeKnex(client: Knex.Client): MadeKnex;
}

declare module 'knex/lib/logger.js' {
  import type { Knex } from 'knex';

  const Logger: new (config: { log?: object }) => Knex.Logger;
  export default Logger;
}

declare module 'knex/lib/migrations/seed/sources/fs-seeds.js' {
  export class FsSeeds {
    getSeed(path: string): Promise<unknown>;
  }
}
