import type { MigrationBody } from '../../../core/bundle/migration-body.ts';
import type { SharedDifference } from '../../../core/shapes/drift/shared-differences.ts';
import { type Repair, type RepairCondition, repairOf } from './repair-statements.ts';

/**
 * The code of a migration that repairs a difference. It changes only tenants that have it, drops nothing that has
 * rows, and refuses to be rolled back, because nobody has written down which tenants it changed.
 *
 * @throws FanfoldError `RepairByHand`
 */
export function repairBody(shared: SharedDifference): MigrationBody {
  const { difference, tenants, named } = shared;
  const { kind, table, name } = difference;
  const what = [table, name].filter((part) => part !== undefined && part !== '').join('.');
  const repair = repairOf(difference, shared);
  return {
    up: [
      `// The ${kind} ${oneLine(what)} differs in ${tenants} tenant(s), such as ${oneLine(named.join(', '))}.`,
      `// Migrations: ${oneLine(difference.one ?? 'not there')}`,
      `// Tenants: ${oneLine(difference.other ?? 'not there')}`,
      ...conditionLines(repair.when),
      ...repair.statements.map((sql) => `await knex.raw(${text(sql)});`),
    ],
    down: [
      "throw new Error('This repair cannot be rolled back: which tenants it changed is not recorded.');",
    ],
  };
}

/** The name of the migration's file, without its timestamp. */
export function repairName({ difference }: SharedDifference): string {
  const { kind, table = '', name } = difference;
  const words = ['fix', kind, table, name].join('_').toLowerCase();
  return words
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/_+$/, '')
    .slice(0, 100);
}

function conditionLines(when: Repair['when']): string[] {
  switch (when.of) {
    case 'always':
      return ['// It has the same effect in every tenant.'];
    case 'no table':
      return [`if (await knex.schema.hasTable(${text(when.table)})) return;`];
    case 'empty table':
      return [
        `if (!(await knex.schema.hasTable(${text(when.table)}))) return;`,
        `const [found] = await knex.raw('SELECT 1 FROM ?? LIMIT 1', [${text(when.table)}]);`,
        `if (found.length > 0) throw new Error(${text(`The table ${when.table} has rows: decide what becomes of them.`)});`,
      ];
    case 'lacks':
      return [
        ...definitionLines(when.table),
        `if (lines.some((line) => line.includes(${text(when.pattern)}))) return;`,
      ];
    case 'line':
      return [
        ...definitionLines(when.table),
        `if (!lines.includes(${text(when.line)})) return;`,
        ...valueLines(when),
      ];
  }
}

function definitionLines(table: string): string[] {
  return [
    `if (!(await knex.schema.hasTable(${text(table)}))) return;`,
    `const [rows] = await knex.raw('SHOW CREATE TABLE ??', [${text(table)}]);`,
    "const lines = String(rows[0]['Create Table'])",
    "  .split('\\n')",
    "  .map((line) => line.trim().replace(/,$/, ''));",
  ];
}

function valueLines({ table, column }: Extract<RepairCondition, { of: 'line' }>): string[] {
  if (column === undefined) return [];
  const names = `[${text(table)}, ${text(column)}]`;
  return [
    `const [found] = await knex.raw('SELECT 1 FROM ?? WHERE ?? IS NOT NULL LIMIT 1', ${names});`,
    `if (found.length > 0) throw new Error(${text(`The column ${table}.${column} has values: decide what becomes of them.`)});`,
  ];
}

/** A string of JavaScript; a line break within it would be an error of syntax. */
function text(value: string): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (each) =>
    each === '\u2028' ? '\\u2028' : '\\u2029',
  );
}

function oneLine(value: string): string {
  return value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 300);
}
