import type { MigrationBody } from '../../../core/bundle/migration-body.ts';

/** Longest identifier in MySQL. */
const MAX_IDENTIFIER_LENGTH = 64;

/** Words in a name that mean something other than a table or a single column. */
const OTHER_THINGS =
  /(^|_)(check|columns|constraints?|fk|foreign|fulltext|function|index|indexes|indices|partitions?|primary_key|procedure|trigger|unique|view)(_|$)/;

/**
 * A starting body for the name of a migration: `create_<table>`, `add_<column>_to_<table>`, `drop_` or
 * `remove_<column>_from_<table>`; any other name gets a body that does nothing yet. Every body can run
 * unchanged.
 */
export function migrationBody(name: string): MigrationBody {
  return createTable(name) ?? addColumn(name) ?? removeColumn(name) ?? blank();
}

function createTable(name: string): MigrationBody | undefined {
  const [, table] = /^create_(.+?)(?:_table)?$/.exec(name) ?? [];
  if (!isPlain(table)) return undefined;
  return {
    up: [
      `await knex.schema.createTable('${table}', (table) => {`,
      "  table.bigIncrements('id');",
      '  table.timestamps({ defaultToNow: true });',
      '});',
    ],
    down: [`await knex.schema.dropTableIfExists('${table}');`],
  };
}

function addColumn(name: string): MigrationBody | undefined {
  const [, column, table] = /^add_(.+)_to_(.+?)(?:_table)?$/.exec(name) ?? [];
  if (!isPlain(column) || !isPlain(table)) return undefined;
  return { up: columnAdded(table, column), down: columnDropped(table, column) };
}

function removeColumn(name: string): MigrationBody | undefined {
  const [, column, table] = /^(?:drop|remove)_(.+)_from_(.+?)(?:_table)?$/.exec(name) ?? [];
  if (!isPlain(column) || !isPlain(table)) return undefined;
  return { up: columnDropped(table, column), down: columnAdded(table, column) };
}

function columnAdded(table: string, column: string): string[] {
  return [
    `await knex.schema.alterTable('${table}', (table) => {`,
    `  table.string('${column}'); // Choose the type.`,
    '});',
  ];
}

function columnDropped(table: string, column: string): string[] {
  return [
    `await knex.schema.alterTable('${table}', (table) => {`,
    `  table.dropColumn('${column}');`,
    '});',
  ];
}

function blank(): MigrationBody {
  const statement = "await knex.raw('SELECT 1'); // Replace this with the change.";
  return {
    up: [statement],
    down: ["await knex.raw('SELECT 1'); // Replace this with the reverse of the change."],
  };
}

function isPlain(identifier: string | undefined): identifier is string {
  return (
    identifier !== undefined &&
    identifier.length <= MAX_IDENTIFIER_LENGTH &&
    !OTHER_THINGS.test(identifier)
  );
}
