import { describe, expect, it } from 'vitest';
import { createDatabase } from '../../support/database.ts';
import { queriesOf } from '../../support/general-log.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, SHOP } from '../../support/migrations.ts';

describe('asking first', () => {
  it('a migrator takes one query and no lock if nothing is pending', async () => {
    const database = await createDatabase('ask');
    await migrate(database, bundle(...SHOP));

    const queries = await queriesOf(database, async () => {
      expect(await migrate(database, bundle(...SHOP), { recorded: 'not told' })).toEqual({
        status: 'unchanged',
        notes: [],
      });
    });

    expect(queries).toHaveLength(1);
    expect(queries[0]).toMatch(/^SELECT id/);
  });

  it('a plan does nothing but ask first', async () => {
    const database = await createDatabase('ask');
    await migrate(database, bundle(...SHOP.slice(0, 1)));

    const queries = await queriesOf(database, async () => {
      expect(await migrate(database, bundle(...SHOP), { command: 'plan' })).toEqual({
        status: 'planned',
        pending: ['20260102000000_create_orders.js', '20260103000000_add_total_to_orders.js'],
        notes: [],
      });
    });

    expect(queries).toHaveLength(1);
    expect(queries[0]).toMatch(/^SELECT id/);
  });

  it('a plan of an empty database creates no table', async () => {
    const database = await createDatabase('ask');
    expect(await migrate(database, bundle(...SHOP), { command: 'plan' })).toMatchObject({
      status: 'planned',
      pending: SHOP.map(({ id }) => `${id}.js`),
    });
    expect(await database.query('SHOW TABLES')).toEqual([]);
  });
});
