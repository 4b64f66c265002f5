import type { MigrationForm } from '../migration-form.ts';

/** The parts of the file that differ by its language. */
interface Words {
  readonly head: string;
  readonly declaration: string;
  /** After the declaration. */
  readonly exported: string;
  begin(name: string, parameter?: 'knex'): string;
  readonly end: string;
}

const WORDS: Readonly<Record<MigrationForm['syntax'], Words>> = {
  typescript: {
    head: "import type { Backfill } from 'fanfold';\nimport type { Knex } from 'knex';\n\n",
    declaration: 'export const backfill: Backfill =',
    exported: '',
    begin: (name, parameter) =>
      `export async function ${name}(${parameter === undefined ? '' : 'knex: Knex'}): Promise<void> {`,
    end: '}',
  },
  esm: {
    head: '',
    declaration: "/** @type {import('fanfold').Backfill} */\nexport const backfill =",
    exported: '',
    begin: (name, parameter = undefined) => `export async function ${name}(${parameter ?? ''}) {`,
    end: '}',
  },
  commonjs: {
    head: '',
    declaration: "/** @type {import('fanfold').Backfill} */\nconst backfill =",
    exported: '\nexports.backfill = backfill;',
    begin: (name, parameter) => `exports.${name} = async function ${name}(${parameter ?? ''}) {`,
    end: '};',
  },
};

const HINT = `// Fanfold walks the primary key of the table and changes its rows in small transactions, with the command
// "fanfold migrate:backfills". A process that is killed repeats no row and misses none.
// - The application writes the new form before this runs: rows that it adds to a part that is done are not met.
// - "update" is the SET list of an UPDATE. For more than that, write "rows: async (knex, keys) => { … }" instead.
// - A later migration that needs the result exports requires = ['<this file without its extension>'].
// Do not change this file after it has begun in a tenant.
`;

/**
 * Source of a new backfill. A name such as `fill_priority_of_tasks` gives column and table; any other name gets
 * words to be replaced.
 */
export function backfillTemplate(name: string, syntax: MigrationForm['syntax']): string {
  const [, column = 'column_to_fill', table = 'table_to_walk'] =
    /^(?:backfill|fill|set)_(\w+?)_(?:of|in|on|for)_(\w+)$/.exec(name) ?? [];
  const { head, declaration, exported, begin, end } = WORDS[syntax];
  return `${head}${HINT}${declaration} {
  table: '${table}',
  where: '${column} IS NULL',
  update: "${column} = 'value'", // Replace the value.
};${exported}

// Only for plain Knex, which changes all rows at once. Not for a tenant in which Fanfold has begun.
${begin('up', 'knex')}
  await knex.raw(\`UPDATE ?? SET \${backfill.update} WHERE \${backfill.where}\`, [backfill.table]);
${end}

${begin('down')}
  // The values before are not kept: a rollback leaves these rows as they are.
${end}
`;
}
