import { expect, test } from 'vitest';
import { createFleetSessions } from '../../../../src/core/safety/forecast/fleet-sessions.ts';
import type {
  LockHolding,
  Replication,
  TenantFacts,
} from '../../../../src/core/safety/forecast/tenant-facts.ts';
import { factsOf, tenantNumbered } from './forecasting.ts';

/** The sessions of tenants with these facts, each on a server of its own unless `host` names one. */
function folded(all: readonly Partial<TenantFacts>[], host?: string) {
  const sessions = createFleetSessions();
  for (const [at, facts] of all.entries()) {
    sessions.add(tenantNumbered(at), host ?? `db${at}`, factsOf([], facts));
  }
  return sessions.read();
}

test('the longest transactions of a fleet are named, and tenants that do not show them are counted by reason', () => {
  const open = (...seconds: number[]) => ({
    transactions: { seen: seconds.map((each) => ({ id: each, seconds: each })) },
  });
  const hidden = { transactions: { hidden: 'no PROCESS' } };
  const { transactions } = folded([open(5, 90), open(), open(30), hidden, hidden]);
  expect(transactions).toMatchObject({ shown: 3, having: 2, hidden: { 'no PROCESS': 2 } });
  expect(transactions.first.map(({ tenant, fact }) => [tenant.slug, fact.seconds])).toEqual([
    ['t0', 90],
    ['t2', 30],
    ['t0', 5],
  ]);
});

test('a lock on a whole server comes before one on a table, however long that is held', () => {
  const held = (rest: Partial<LockHolding>) => ({
    holders: { seen: [{ id: 1, lock: 'a lock', ...rest }] },
  });
  const { holders } = folded([
    held({ table: 't' }),
    held({ table: 't', seconds: 999 }),
    held({ seconds: 1 }),
  ]);
  expect(holders.first.map(({ tenant }) => tenant.slug)).toEqual(['t2', 't1', 't0']);
});

const replicated = (seen: Replication) => ({ replication: { seen } });

test('replication counts once for each server, that which does not run first', () => {
  const behind = [5, null, 60].map((behindSeconds) => replicated({ behindSeconds }));
  const { replication } = folded([...behind, replicated({}), replicated({ replicas: 2 })]);
  expect(replication).toMatchObject({ shown: 5, having: 4, hidden: {} });
  expect(replication.first.map(({ fact }) => fact.host)).toEqual(['db1', 'db2', 'db0', 'db4']);
  expect(folded(behind, 'db').replication).toMatchObject({ shown: 1, having: 1 });
});

test('servers that do not show their replication are counted by reason', () => {
  const { replication } = folded([{ replication: { hidden: 'no privilege' } }, replicated({})]);
  expect(replication).toMatchObject({ shown: 1, having: 0, hidden: { 'no privilege': 1 } });
});
