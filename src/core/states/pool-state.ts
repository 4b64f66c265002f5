import { FanfoldError } from '../errors.ts';
import { fillPool } from '../pool/fill-pool.ts';
import { migratePool } from '../pool/migrate-pool.ts';
import type { PoolRegistry } from '../pool/pool-registry.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import { type ServerAddress, serverName } from '../tenant.ts';
import { type PoolEvent, serverSchema } from '../wire/pool-schemas.ts';

/** Servers whose pools are filled. */
export interface ServersOfPool {
  readonly servers: readonly ServerAddress[];
}

/** The result of filling the pool of one server, or of migrating the pools of all. */
export interface PoolProgress {
  readonly made: number;
  readonly migrated: number;
  readonly removed: number;
  /** Databases that were not migrated; none of them is handed out. */
  readonly failed: number;
  /** Whether the state has more to do, and is to be entered again. */
  readonly again: boolean;
}

export interface PoolStateParts extends Provisioning {
  readonly pool: PoolRegistry;
  /** Databases that are kept ready on each server. */
  readonly size: number;
  /** Aborted shortly before the function's time ends. */
  readonly signal: AbortSignal;
  /** Takes note of a database of the pool that was not migrated. */
  readonly warn: (words: string) => void;
}

/**
 * One state of RefillPool, or the one of a run that migrates the pool. Each may run twice, since what they do is in the
 * list of the pool. Throws `PoolNotFilled` with the reason if a pool could not be filled, which is retryable if the
 * reason is.
 */
export async function poolState(
  event: PoolEvent,
  parts: PoolStateParts,
): Promise<ServersOfPool | PoolProgress> {
  const { pool, size, signal } = parts;
  const hasList = await pool.exists();
  switch (event.step) {
    case 'list-servers':
      if (!hasList) throw listMissing();
      return { servers: namedServer(event.request) ?? (await pool.servers()) };
    case 'fill-pool': {
      const { server } = event;
      // A database that is gone or broken is found here, since nobody waits for the result.
      const wish = { ...server, size, examines: true };
      const {
        failure,
        isUnfinished = false,
        ...counts
      } = await fillPool(wish, parts, pool, signal);
      if (failure !== undefined) {
        throw new FanfoldError(
          'PoolNotFilled',
          `The pool of ${serverName(server)} could not be filled: ${failure.code}: ${failure.message}`,
          { fault: 'tenant', retryable: failure.retryable, nextStep: failure.nextStep },
        );
      }
      const { made, migrated, removed } = counts;
      return { made, migrated, removed, failed: 0, again: isUnfinished };
    }
    case 'migrate-pool': {
      const { migrated, failures, isUnfinished } = await migratePool(pool, parts);
      for (const { name, failure } of failures) {
        parts.warn(`The pooled database ${name} was not migrated: ${failure.message}`);
      }
      return { made: 0, migrated, removed: 0, failed: failures.length, again: isUnfinished };
    }
  }
}

/** The server that an execution was started for. Throws `RequestInvalid`. */
function namedServer(request: unknown): ServerAddress[] | undefined {
  const isEmpty = typeof request === 'object' && request !== null && !('host' in request);
  if (isEmpty) return undefined;
  const parsed = serverSchema.safeParse(request);
  if (parsed.success) return [parsed.data];
  throw new FanfoldError(
    'RequestInvalid',
    `The input of RefillPool is ${JSON.stringify(request)?.slice(0, 120)}, and must be {} or a server.`,
    {
      fault: 'usage',
      nextStep: 'Start it with {}, or with {"host":"db1.example.com","port":3306}.',
    },
  );
}

function listMissing(): FanfoldError {
  return new FanfoldError(
    'CentralDatabaseSchemaMismatch',
    'The central database has no table fanfold_pool, in which pooled databases are listed.',
    { fault: 'configuration', nextStep: 'Create it: `fanfold migrate:latest`' },
  );
}
