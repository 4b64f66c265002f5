import knex, { type Knex } from 'knex';
import { expect, test } from 'vitest';
import { migrationSources } from '../../bench/programs/migration-sources.ts';
import { FIVE_TABLES, ONE_MORE } from '../../bench/tenant-migrations.ts';

/** A builder of Knex, before anybody waits for it. */
interface Compiled {
  toSQL(): { readonly sql: string }[];
}

test('every program of the bench gets the same change, as SQL and as JavaScript for Knex', () => {
  const builders = knex({ client: 'mysql2' });
  const sources = migrationSources();
  expect(sources.map(({ id }) => id)).toEqual([...FIVE_TABLES, ONE_MORE].map(({ id }) => id));
  for (const { javascript, statements } of sources) {
    const exported: { up?: (knex: Knex) => Compiled } = {};
    new Function('exports', javascript)(exported);
    const compiled = exported.up?.(builders).toSQL() ?? [];
    expect(compiled.map(({ sql }) => sql)).toEqual(statements);
    expect(statements).not.toHaveLength(0);
  }
});
