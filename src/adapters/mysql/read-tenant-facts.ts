import type { ReplicaStanding, ReplicaWatch } from '../../core/replicas/replica-standing.ts';
import type {
  ReadTenantFacts,
  Replication,
  Seen,
} from '../../core/safety/forecast/tenant-facts.ts';
import { hostKey } from '../../core/tenant.ts';
import { type ConnectionOptions, usingConnection } from './connection/connection.ts';
import { readHoldings } from './forecast/read-holdings.ts';
import { readReplication } from './forecast/read-replication.ts';
import { readTableSizes } from './forecast/read-table-sizes.ts';
import { readTransactions, showsSessions } from './forecast/read-transactions.ts';

/** In milliseconds. The sizes of a thousand tables take a server far less. */
const TIMEOUT_MS = 20_000;
/** Servers whose replication is remembered, which is not asked again by every tenant. */
const MOST_HOSTS = 10_000;

export interface ReadTenantFactsOptions
  extends Pick<ConnectionOptions, 'connectTimeoutMs' | 'tls' | 'iamToken'> {
  /** The configured replicas of servers. Default: there are none. */
  readonly replicas?: ReplicaWatch | undefined;
}

/**
 * Creates the function that reads the facts for a forecast: three round trips for a tenant, one more if transactions
 * have been open for long, and one or two more for the first one of each server. Facts that a login may not see, or a server does not show, are marked so.
 */
export function createReadTenantFacts(options: ReadTenantFactsOptions): ReadTenantFacts {
  const replicationOf = new Map<string, Seen<Replication>>();
  return (login, names) =>
    usingConnection(login, options, async (connection) => {
      const { flavour, tables, isCaseSensitive, hasPerformanceSchema } = await readTableSizes(
        connection,
        names,
        TIMEOUT_MS,
      );
      const transactions = await readTransactions(connection, TIMEOUT_MS);
      const { isMariaDb, product, version } = flavour;
      const holders = await readHoldings(connection, names, { isMariaDb, hasPerformanceSchema });
      const host = hostKey(login);
      // Another login of the server may see more.
      const ofLogin = `${host} ${login.user}`;
      const replication =
        replicationOf.get(host) ??
        replicationOf.get(ofLogin) ??
        withConfigured(
          await readReplication(connection, flavour, {
            seesSessions: showsSessions(transactions),
            timeoutMs: TIMEOUT_MS,
          }),
          (await options.replicas?.read(login)) ?? [],
        );
      if (replicationOf.size < MOST_HOSTS) {
        replicationOf.set('seen' in replication ? host : ofLogin, replication);
      }
      return {
        server: `${product} ${version}`,
        tables,
        isCaseSensitive,
        transactions,
        holders,
        replication,
      };
    });
}

/** Adds the configured replicas, which show their lag even if the server hides its replication from this login. */
function withConfigured(
  replication: Seen<Replication>,
  configured: readonly ReplicaStanding[],
): Seen<Replication> {
  if (configured.length === 0) return replication;
  return { seen: { ...('seen' in replication && replication.seen), configured } };
}
