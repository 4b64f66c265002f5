import type { Rule } from '../rule.ts';

/** MySQL counts the instant changes of a table, and refuses more until it is rebuilt. */
const MOST_VERSIONS = 64;
const MOST_VERSIONS_SINCE_9_1 = 255;

/** MySQL 9.1 as `Recording` has versions. */
const MYSQL_9_1 = 9_001_000;

/** The share of them from which on a rebuild should be planned. */
const NEARLY = 0.8;

/** Rules about what surrounds a migration: other databases, and the history of a table. */
export const CONTEXT_RULES: readonly Rule[] = [
  {
    name: 'names-another-database',
    judges: 'statements',
    severity: 'error',
    finds: 'a table of another database',
    why: 'Names of databases differ between tenants, so that a migration would read or change the same foreign database for all of them, at the same time.',
    safeWay: 'Leave the name of the database out.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        for (const name of statement.otherDatabases) {
          yield { statement, message: `It names the database ${name}.` };
        }
      }
    },
  },
  {
    name: 'instant-budget',
    judges: 'statements',
    severity: 'warning',
    finds: 'a table whose instant changes of columns are nearly used up (MySQL)',
    why: `A table of MySQL takes ${MOST_VERSIONS} instant additions and removals of columns, ${MOST_VERSIONS_SINCE_9_1} from 9.1 on. After that INSTANT is refused, and the table is rebuilt.`,
    safeWay:
      'Rebuild the table in time, in a window: `ALTER TABLE t FORCE`. Several columns in one ALTER count once.',
    *check({ statements = [], instantChanges, server }) {
      if (server === undefined || server.isMariaDb) return;
      const most = server.number < MYSQL_9_1 ? MOST_VERSIONS : MOST_VERSIONS_SINCE_9_1;
      for (const statement of statements) {
        for (const { after, added, dropped } of statement.existing) {
          const count = instantChanges?.get(after.name) ?? 0;
          if (added.length + dropped.length === 0 || count < most * NEARLY) continue;
          yield {
            statement,
            message: `${after.name} has had ${count} of ${most} instant changes.`,
          };
        }
      }
    },
  },
];
