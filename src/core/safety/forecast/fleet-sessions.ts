import { longestLag } from '../../replicas/replica-standing.ts';
import type { TenantRef } from '../../tenant.ts';
import type {
  LockHolding,
  OpenTransaction,
  Replication,
  Seen,
  TenantFacts,
} from './tenant-facts.ts';
import { createTopList } from './top-list.ts';

/** Facts of one kind over a fleet. */
export interface FleetFact<Fact> {
  /** Tenants whose servers show it. */
  readonly shown: number;
  /** Tenants whose servers do not, by the reason. */
  readonly hidden: Readonly<Record<string, number>>;
  /** Tenants that have any. */
  readonly having: number;
  /** The most severe ones. */
  readonly first: readonly { readonly tenant: TenantRef; readonly fact: Fact }[];
}

/** Sessions that a run may have to wait for, and replicas that follow it. */
export interface FleetSessions {
  readonly transactions: FleetFact<OpenTransaction>;
  readonly holders: FleetFact<LockHolding>;
  /** By server. */
  readonly replication: FleetFact<Replication & { readonly host: string }>;
}

const LISTED = 5;
/** Servers that are remembered so that each counts once; beyond them one may count again. */
const MOST_HOSTS = 10_000;

/** Folds what the servers show about other sessions. */
export function createFleetSessions() {
  const transactions = createFleetFact<OpenTransaction>();
  const holders = createFleetFact<LockHolding>();
  const replication = createFleetFact<Replication & { readonly host: string }>();
  const hosts = new Set<string>();
  return {
    add(tenant: TenantRef, host: string, facts: Omit<TenantFacts, 'tables'>): void {
      transactions.add(tenant, facts.transactions, ({ seconds }) => seconds);
      holders.add(tenant, facts.holders, ({ table, seconds = 0 }) =>
        // A lock on the whole server or database is worse than any on a table.
        table === undefined ? Number.MAX_SAFE_INTEGER : seconds,
      );
      if (hosts.has(host)) return;
      if (hosts.size < MOST_HOSTS) hosts.add(host);
      const found = facts.replication;
      replication.add(
        tenant,
        'seen' in found
          ? { seen: isReplicated(found.seen) ? [{ ...found.seen, host }] : [] }
          : found,
        severityOf,
      );
    },
    read(): FleetSessions {
      return {
        transactions: transactions.read(),
        holders: holders.read(),
        replication: replication.read(),
      };
    },
  };
}

function isReplicated({
  replicas = 0,
  behindSeconds,
  readersLateSeconds,
  applierQueue,
  configured = [],
}: Replication): boolean {
  const isKnown = [behindSeconds, readersLateSeconds, applierQueue].some(
    (fact) => fact !== undefined,
  );
  return replicas > 0 || configured.length > 0 || isKnown;
}

/** The longest lag in seconds; replication that does not run comes first. */
function severityOf({ behindSeconds = 0, readersLateSeconds = 0, configured = [] }: Replication) {
  if (behindSeconds === null) return Number.MAX_SAFE_INTEGER;
  const lag = Math.max(behindSeconds, readersLateSeconds, longestLag(configured) ?? 0);
  return Math.min(lag, Number.MAX_SAFE_INTEGER);
}

function createFleetFact<Fact>() {
  const hidden: Record<string, number> = {};
  const first = createTopList<{ readonly tenant: TenantRef; readonly fact: Fact }>(LISTED);
  let shown = 0;
  let having = 0;
  return {
    add(tenant: TenantRef, found: Seen<readonly Fact[]>, severity: (fact: Fact) => number): void {
      if ('hidden' in found) {
        hidden[found.hidden] = (hidden[found.hidden] ?? 0) + 1;
        return;
      }
      shown += 1;
      if (found.seen.length > 0) having += 1;
      for (const fact of found.seen) first.add(severity(fact), { tenant, fact });
    },
    read: (): FleetFact<Fact> => ({ shown, hidden, having, first: first.items }),
  };
}
