import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Moment, startCuttingProxy } from '../support/cutting-proxy.ts';
import { createDatabase } from '../support/database.ts';
import { migrate } from '../support/migrating.ts';
import { bundle, migration } from '../support/migrations.ts';
import { testServer } from '../support/server.ts';
import { contentsOfDatabase } from './support/contents-of-database.ts';
import { IN_FULL } from './support/form.ts';
import { CHAOS_RUN, runAgain } from './support/run-again.ts';

/** The effect of a random statement and its target; numbers choose among the objects that exist at that point. */
interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly table: number;
  readonly column: number;
}

const KINDS = [
  'table',
  'column',
  'index',
  'drop column',
  'rename column',
  'insert',
  'update',
  'modify',
  'drop table',
  'rename table',
] as const;

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  table: fc.nat(9),
  column: fc.nat(9),
});
const plan = fc.array(
  fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 5 }), transaction: fc.boolean() }),
  { minLength: 1, maxLength: 4 },
);

/** Statements that are right one after the other, whatever was drawn. */
function statementsOf(plans: readonly { steps: readonly Step[] }[]): string[][] {
  const tables = new Map<string, string[]>();
  let made = 0;
  const create = () => {
    const name = `t${++made}`;
    tables.set(name, []);
    return `CREATE TABLE ${name} (id INT PRIMARY KEY, note VARCHAR(20))`;
  };
  const statement = ({ kind, table, column }: Step): string => {
    const names = [...tables.keys()];
    const name = names[table % Math.max(1, names.length)];
    if (name === undefined || kind === 'table') return create();
    const columns = tables.get(name) ?? [];
    const at = column % Math.max(1, columns.length);
    const chosen = columns[at];
    const unique = `x${++made}`;
    switch (kind) {
      case 'column':
        columns.push(unique);
        return `ALTER TABLE ${name} ADD COLUMN ${unique} INT`;
      case 'index':
        return `CREATE INDEX ${unique} ON ${name} (${chosen ?? 'note'})`;
      case 'modify':
        return `ALTER TABLE ${name} MODIFY note VARCHAR(${20 + made}) NULL`;
      case 'insert':
        return `INSERT INTO ${name} (id, note) VALUES (${made}, 'row ${made}')`;
      case 'update':
        return `UPDATE ${name} SET note = CONCAT(COALESCE(note, ''), 'u')`;
      case 'drop table':
        tables.delete(name);
        return `DROP TABLE ${name}`;
      case 'rename table':
        tables.delete(name);
        tables.set(unique, columns);
        return `RENAME TABLE ${name} TO ${unique}`;
    }
    if (chosen === undefined) {
      columns.push(unique);
      return `ALTER TABLE ${name} ADD COLUMN ${unique} INT`;
    }
    if (kind === 'drop column') {
      columns.splice(at, 1);
      return `ALTER TABLE ${name} DROP COLUMN ${chosen}`;
    }
    columns.splice(at, 1, unique);
    return `ALTER TABLE ${name} CHANGE ${chosen} ${unique} INT`;
  };
  return plans.map(({ steps }) => steps.map(statement));
}

it('random migrations that are cut at a random point end as they do when nothing happens', async () => {
  const proxy = await startCuttingProxy(testServer());
  const moments = fc.constantFrom<Moment>('before', 'during', 'after');
  await fc.assert(
    fc.asyncProperty(plan, fc.nat(40), moments, async (plans, query, moment) => {
      const statements = statementsOf(plans);
      const all = bundle(
        ...plans.map(({ transaction }, index) =>
          migration(
            `2026010100000${index}_random`,
            async (knex) => {
              for (const sql of statements[index] ?? []) await knex.raw(sql);
            },
            { transaction },
          ),
        ),
      );
      const [clean, cut] = await Promise.all([createDatabase('clean'), createDatabase('cut')]);
      expect(await migrate(clean, all)).toMatchObject({ status: 'migrated' });
      proxy.strikeAt({ query: query + 3, moment });
      await migrate({ ...cut, host: '127.0.0.1', port: proxy.port }, all, { runId: CHAOS_RUN });
      const again = await runAgain(cut, all);
      expect(again, JSON.stringify(again)).not.toMatchObject({ status: 'failed' });
      expect(await contentsOfDatabase(cut)).toEqual(await contentsOfDatabase(clean));
      await Promise.all([clean.drop(), cut.drop()]);
    }),
    { numRuns: IN_FULL ? 300 : 8, seed: 20261123, endOnFailure: !IN_FULL },
  );
  await proxy.close();
}, 900_000);
