import { setTimeout as delay } from 'node:timers/promises';
import { PROCESS_LIST } from '../../../src/adapters/mysql/connection/process-list.ts';
import type { RealFleet } from './real-fleet.ts';

/** A migration that sleeps in the server before it makes its table. */
export function slowMigration(seconds: number): Record<string, string> {
  return {
    '1_slow.js': `export async function up(knex) {
      await knex.raw('DO SLEEP(${seconds})');
      await knex.schema.createTable('slow', (table) => table.increments('id'));
    }`,
  };
}

/** Waits until a migration of the fleet is asleep in the server. */
export async function fleetAsleep({ tenants }: RealFleet): Promise<void> {
  for (;;) {
    for (const tenant of tenants) {
      // A user sees sessions of its own only.
      const sessions = await tenant.query(
        `SELECT ID FROM ${PROCESS_LIST} WHERE INFO LIKE 'DO SLEEP%'`,
      );
      if (sessions.length > 0) return;
    }
    await delay(20);
  }
}
