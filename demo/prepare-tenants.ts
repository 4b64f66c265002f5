import type { DemoTenant } from './fleet.ts';
import { makeTableByHand } from './hand-made-table.ts';
import { migrateByPlainKnex } from './plain-knex.ts';
import { settleAll } from './settle-all.ts';

/** Brings the tenant databases into the condition in which the product gets them. */
export async function prepareTenants(tenants: readonly DemoTenant[]): Promise<void> {
  await settleAll(
    tenants.map(async ({ condition, login }) => {
      if (condition === 'in-use') await migrateByPlainKnex(login);
      if (condition === 'table-in-the-way') await makeTableByHand(login);
    }),
  );
}
