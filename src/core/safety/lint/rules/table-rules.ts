import type { LintedStatement } from '../linted-statement.ts';
import type { LintedMigration, Rule } from '../rule.ts';

/** Rules about what a statement does to a whole table. */
export const TABLE_RULES: readonly Rule[] = [
  {
    name: 'copies-table',
    judges: 'statements',
    severity: 'off',
    finds: 'a change for which the server copies the table',
    why: 'Every row is written to a new table. That takes long on a large table, needs its space a second time, and on most servers writes wait until it has ended.',
    safeWay:
      'Choose another form that the server does in place; or add a new column or table, fill it bit by bit and switch; or allow the rule for a table that is small everywhere.',
    *check(migration) {
      for (const statement of onTenantsTables(migration)) {
        if (statement.verdict?.how !== 'copy') continue;
        yield { statement, message: `The server copies ${tablesOf(statement)}.` };
      }
    },
  },
  {
    name: 'blocks-writes',
    judges: 'statements',
    severity: 'off',
    finds: 'a change in place during which writes to the table wait',
    why: 'The application cannot write to the table for as long as the change takes.',
    safeWay:
      'Split the change, so that each part can be done without a lock; MySQL blocks writes for the first FULLTEXT index of a table, for which a table of its own helps.',
    *check(migration) {
      for (const statement of onTenantsTables(migration)) {
        const { verdict } = statement;
        if (verdict?.how !== 'in place' || verdict.blocks === 'nothing') continue;
        const what = verdict.blocks === 'writes' ? 'Writes' : 'Reads and writes';
        yield { statement, message: `${what} to ${tablesOf(statement)} wait until it has ended.` };
      }
    },
  },
  {
    name: 'drops-table',
    judges: 'statements',
    severity: 'off',
    finds: 'a table that is dropped',
    why: 'The application that runs during the migration may still use it, and its rows are gone: a rollback brings back an empty table.',
    safeWay:
      'Deploy an application that no longer uses it; rename the table, wait, and drop it in a later migration.',
    *check(migration) {
      for (const statement of migration.statements ?? []) {
        for (const { name } of statement.droppedTables) {
          yield { statement, message: `It drops the table ${name}.` };
        }
      }
    },
  },
  {
    name: 'renames-table',
    judges: 'statements',
    severity: 'off',
    finds: 'a table that gets another name',
    why: 'The application that runs during the migration looks for the old name.',
    safeWay:
      'Create a view with the old name in the same migration, or the new table first; drop the old name once nothing uses it.',
    *check(migration) {
      for (const statement of migration.statements ?? []) {
        for (const { from, to } of statement.renamedTables) {
          yield { statement, message: `It renames the table ${from} to ${to}.` };
        }
      }
    },
  },
  {
    name: 'no-primary-key',
    judges: 'statements',
    severity: 'off',
    finds: 'a new table without a primary key',
    why: 'Replicas search the whole table for each changed row, Group Replication and managed services refuse such tables, and tools for online changes need a key.',
    safeWay: 'Add a primary key, for a table that joins two others over both columns.',
    *check(migration) {
      for (const [statement, table] of createdBy(migration)) {
        if (table.isView || table.indexes.some(({ name }) => name === 'PRIMARY')) continue;
        yield { statement, message: `The table ${table.name} has no primary key.` };
      }
    },
  },
  {
    name: 'small-primary-key',
    judges: 'statements',
    severity: 'off',
    finds: 'a numbered primary key of fewer than 8 bytes',
    why: 'An INT ends at 2,147,483,647, unsigned at 4,294,967,295: inserts fail then, and a larger type copies the table.',
    safeWay: 'Use BIGINT UNSIGNED, in Knex `bigIncrements`, unless the table stays small.',
    *check(migration) {
      for (const [statement, table] of createdBy(migration)) {
        const small = table.columns.find(
          ({ isAutoIncrement, type }) => isAutoIncrement && !type.startsWith('bigint'),
        );
        if (small === undefined) continue;
        yield { statement, message: `${table.name}.${small.name} is numbered and ${small.type}.` };
      }
    },
  },
  {
    name: 'not-innodb',
    judges: 'statements',
    severity: 'error',
    finds: 'a table with another engine than InnoDB',
    why: 'Other engines have no transactions: an interrupted migration cannot resume, and a crash loses rows.',
    safeWay: 'Leave ENGINE out, or write ENGINE=InnoDB.',
    *check(migration) {
      for (const statement of migration.statements ?? []) {
        for (const { before, after } of statement.changes) {
          const engine = after?.engine;
          if (after === undefined || after.isView || engine === undefined) continue;
          if (/^innodb$/i.test(engine) || before?.engine === engine) continue;
          yield { statement, message: `The table ${after.name} has the engine ${engine}.` };
        }
      }
    },
  },
  {
    name: 'old-charset',
    judges: 'statements',
    severity: 'warning',
    finds: 'a new table or column with the character set utf8mb3 or latin1',
    why: 'They hold no emoji and few scripts, and MySQL will drop utf8mb3. A later change of the character set copies the table.',
    safeWay: 'Use utf8mb4.',
    *check(migration) {
      for (const [statement, table] of createdBy(migration)) {
        // The default of a server is not the migration's choice.
        if (!statement.tokens.some((token) => CHARSET_WORDS.includes(token))) continue;
        const old = [table, ...table.columns].find(
          ({ charset = '' }) => charset === 'utf8mb3' || charset === 'utf8' || charset === 'latin1',
        );
        if (old === undefined || table.isView) continue;
        yield { statement, message: `The table ${table.name} has text in ${old.charset}.` };
      }
    },
  },
  {
    name: 'upper-case-name',
    judges: 'statements',
    severity: 'off',
    finds: 'a new table with upper case in its name',
    why: 'Servers on Linux distinguish case in names of tables, and those on macOS and Windows do not.',
    safeWay: 'Write names of tables in lower case.',
    *check(migration) {
      for (const [statement, table] of createdBy(migration)) {
        if (table.name === table.name.toLowerCase()) continue;
        yield { statement, message: `The table ${table.name} has upper case in its name.` };
      }
    },
  },
  {
    name: 'changes-engine-or-partitions',
    judges: 'statements',
    severity: 'error',
    finds: 'another engine or other partitions of a table',
    why: 'The server writes every row anew.',
    safeWay: 'Create a new table, fill it bit by bit and switch, or allow the rule for a window.',
    *check(migration) {
      for (const statement of migration.statements ?? []) {
        for (const { before, after } of statement.existing) {
          if (before.engine !== after.engine) {
            const message = `It changes the engine of ${after.name} from ${before.engine} to ${after.engine}.`;
            yield { statement, message };
          }
          if (before.isPartitioned !== after.isPartitioned) {
            const what = after.isPartitioned ? 'partitions' : 'removes the partitions of';
            yield { statement, message: `It ${what} ${after.name}.` };
          }
        }
      }
    },
  },
];

const CHARSET_WORDS = ['CHARSET', 'CHARACTER', 'COLLATE'];

/** The new tables of a migration as each statement creates them. */
export function* createdBy({
  statements = [],
}: LintedMigration): Generator<
  [LintedStatement, LintedStatement['created'][number]],
  void,
  undefined
> {
  for (const statement of statements) {
    for (const table of statement.created) yield [statement, table];
  }
}

/** Statements that change tables that tenants have already. */
function onTenantsTables({ statements = [] }: LintedMigration): LintedStatement[] {
  return statements.filter(({ existing }) => existing.length > 0);
}

function tablesOf({ existing }: LintedStatement): string {
  return existing.map(({ after }) => after.name).join(', ');
}
