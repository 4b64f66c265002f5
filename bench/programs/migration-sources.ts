import knex from 'knex';
import { FIVE_TABLES, ONE_MORE } from '../tenant-migrations.ts';

/** A migration as programs want it: as JavaScript for Knex, and as the SQL that Knex compiles it to. */
export interface MigrationSource {
  readonly id: string;
  readonly javascript: string;
  readonly statements: readonly string[];
}

/** Columns of the tables of `tenant-migrations.ts`, in their order. */
const TABLES: readonly (readonly [name: string, columns: string])[] = [
  ['users', `t.string('email', 190).notNullable().unique(); t.string('name').notNullable();`],
  [
    'projects',
    `t.string('title').notNullable(); t.integer('owner_id').unsigned().notNullable().index();`,
  ],
  [
    'tasks',
    `t.integer('project_id').unsigned().notNullable(); t.string('status', 32).notNullable(); t.text('body'); t.index(['project_id', 'status']);`,
  ],
  ['comments', `t.integer('task_id').unsigned().notNullable().index(); t.text('body');`],
  ['invoices', `t.decimal('amount', 12, 2).notNullable(); t.date('due_on').notNullable().index();`],
];

const BODIES = [
  ...TABLES.map(
    ([name, columns]) =>
      `createTable('${name}', (t) => { t.increments('id'); ${columns} t.timestamps(true, true); })`,
  ),
  `alterTable('tasks', (t) => { t.integer('priority').notNullable().defaultTo(0).index(); })`,
];

/** The five tables of a fresh database, and the change after them. */
export function migrationSources(): readonly MigrationSource[] {
  const compiler = knex({ client: 'mysql2' });
  return [...FIVE_TABLES, ONE_MORE].map(({ id, up }, index) => ({
    id,
    javascript: `exports.up = (knex) => knex.schema.${BODIES[index]};\nexports.down = () => {};\n`,
    // A builder, which sends nothing unless somebody waits for it.
    statements: (up(compiler) as unknown as { toSQL(): { sql: string }[] })
      .toSQL()
      .map(({ sql }) => sql),
  }));
}
