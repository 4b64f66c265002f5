import type { SentStatement } from '../../recording.ts';
import type { LintedStatement } from '../linted-statement.ts';
import type { Rule } from '../rule.ts';

/** Rules about statements by themselves, and about several of one migration. */
export const STATEMENT_RULES: readonly Rule[] = [
  {
    name: 'unbounded-write',
    judges: 'statements',
    severity: 'off',
    finds: "an UPDATE or DELETE of a tenant's table without WHERE and LIMIT",
    why: 'One long transaction locks every row, replicas lag behind it, and an interruption rolls all of it back.',
    safeWay:
      'Export a `backfill` instead, with `update`, or with `rows` that deletes by key: it writes in small transactions, rests between them, and continues if it is killed (`migrate:make --backfill`).',
    *check(migration) {
      for (const statement of migration.statements ?? []) {
        if (!isWriteOfAll(statement)) continue;
        const [verb = ''] = statement.tokens;
        yield { statement, message: `The ${verb} has no WHERE and no LIMIT.` };
      }
    },
  },
  {
    name: 'write-beside-ddl',
    judges: 'statements',
    severity: 'off',
    finds: "an UPDATE or DELETE next to changes of a tenant's tables",
    why: 'Each DDL statement commits what was written before it, so that a migration that fails later has written half.',
    safeWay:
      'Write in a migration of its own, and many rows in a backfill (`migrate:make --backfill`).',
    *check({ statements = [] }) {
      const ddl = statements.some(({ existing }) => existing.length > 0);
      if (!ddl) return;
      for (const statement of statements) {
        if (statement.kind !== 'write' || !['UPDATE', 'DELETE'].includes(statement.tokens[0] ?? ''))
          continue;
        const message = `The ${statement.tokens[0]} is sent beside statements that commit.`;
        yield { statement, message };
      }
    },
  },
  {
    name: 'several-alters',
    judges: 'statements',
    severity: 'off',
    finds: 'several changes of one table that are not instant',
    why: 'Each of them may write the whole table, and one statement with all changes writes it once.',
    safeWay: 'Put the changes into one ALTER TABLE, in Knex into one `alterTable`.',
    *check({ statements = [] }) {
      const seen = new Map<string, SentStatement>();
      for (const statement of statements) {
        const how = statement.verdict?.how;
        if (how !== 'copy' && how !== 'in place') continue;
        for (const { after } of statement.existing) {
          const first = seen.get(after.name);
          if (first === undefined) seen.set(after.name, statement);
          else {
            const message = `It changes ${after.name} again, after statement ${first.number}.`;
            yield { statement, message };
          }
        }
      }
    },
  },
  {
    name: 'several-statements-in-raw',
    judges: 'statements',
    severity: 'warning',
    finds: 'several statements in one text',
    why: "If one of them fails, the migration's code cannot tell which ones took effect.",
    safeWay: 'Send one statement a call.',
    *check({ statements = [] }) {
      let text = { together: 1, next: 0 };
      for (const statement of statements) {
        const { number, together } = statement;
        // The first one stands for all of them. Some of a text, such as COMMIT, have no number.
        const isFollowing = number < text.next && together === text.together;
        if (together < 2 || isFollowing) continue;
        text = { together, next: number + together };
        yield { statement, message: `The text has ${together} statements.` };
      }
    },
  },
  {
    name: 'reads-then-drops',
    judges: 'statements',
    severity: 'off',
    finds: 'a table that is read and then dropped in one migration',
    why: 'An interruption after the drop leaves rows that were read in memory only, and they cannot be read again.',
    safeWay: 'Copy the rows with INSERT … SELECT, and drop the table in a later migration.',
    *check({ statements = [] }) {
      const read = new Map<string, number>();
      for (const statement of statements) {
        for (const { name } of statement.droppedTables) {
          const at = read.get(name.toLowerCase());
          if (at === undefined) continue;
          yield { statement, message: `It drops ${name}, which statement ${at} has read.` };
        }
        if (statement.kind !== 'read' || statement.tokens.includes('INFORMATION_SCHEMA')) continue;
        for (const name of namesIn(statement)) read.set(name, statement.number);
      }
    },
  },
  {
    name: 'leaves-the-tenant',
    judges: 'statements',
    severity: 'error',
    finds: 'USE, or a statement about databases, accounts or the server',
    why: 'A migration runs once for each tenant, in its database. What concerns the server runs as many times, and needs rights that a tenant should not have.',
    safeWay: 'Do it once by hand, or with `tenant:provision`.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        const found = OUTSIDE.find((words) =>
          words.every((word, at) => word.split('|').includes(statement.tokens[at] ?? '')),
        );
        if (found === undefined) continue;
        const shown = statement.tokens.slice(0, found.length).join(' ');
        yield { statement, message: `${shown} concerns more than the tenant's database.` };
      }
    },
  },
  {
    name: 'locks-by-hand',
    judges: 'statements',
    severity: 'error',
    finds: 'LOCK TABLES, or functions that take or release advisory locks',
    why: 'Under LOCK TABLES the journal cannot be written. RELEASE_ALL_LOCKS releases the fence that keeps a second migrator away.',
    safeWay: 'Leave it out: the fence protects the migration, and DDL locks its table itself.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        const { tokens } = statement;
        const called = LOCKS.find((name) => isCalled(tokens, name));
        const isLock = tokens[0] === 'LOCK' && (tokens[1] === 'TABLES' || tokens[1] === 'TABLE');
        if (called === undefined && !isLock) continue;
        yield {
          statement,
          message: `${called ?? 'LOCK TABLES'} interferes with the locks of Fanfold.`,
        };
      }
    },
  },
  {
    name: 'alter-ignore',
    judges: 'statements',
    severity: 'error',
    finds: 'ALTER IGNORE TABLE (MariaDB)',
    why: 'Rows with a duplicate key, or that violate a CHECK, are deleted without an error, and values that do not fit are cut.',
    safeWay:
      'Leave IGNORE out. Look for such rows with `fanfold migrate:plan --check-data`, and decide about them in an earlier migration.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        const { tokens } = statement;
        const before = tokens.slice(1, Math.max(tokens.indexOf('TABLE'), 1));
        if (tokens[0] !== 'ALTER' || !before.includes('IGNORE')) continue;
        yield { statement, message: 'ALTER IGNORE deletes rows that it cannot keep.' };
      }
    },
  },
  {
    name: 'definer',
    judges: 'statements',
    severity: 'warning',
    finds: 'a view, routine, trigger or event with a DEFINER',
    why: 'It fails for everybody once that user is gone, and tenants may have different users.',
    safeWay: 'Leave DEFINER out; for views and routines write SQL SECURITY INVOKER.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        const { tokens } = statement;
        const at = tokens.indexOf('DEFINER');
        const isClause = tokens[0] === 'CREATE' || tokens[0] === 'ALTER';
        if (!isClause || tokens[at + 1] !== '=') continue;
        if (tokens[at + 2] === 'CURRENT_USER') continue;
        yield { statement, message: 'It names a definer.' };
      }
    },
  },
  {
    name: 'hides-existing',
    judges: 'statements',
    severity: 'off',
    finds: 'IF NOT EXISTS or IF EXISTS in a definition',
    why: "A table that somebody made by hand, or half, passes for the migration's.",
    safeWay:
      'Leave it out: Fanfold resumes an interrupted migration at the statement that stopped.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        const { tokens } = statement;
        const at = tokens.indexOf('IF');
        const isGuard =
          statement.kind === 'ddl' &&
          at >= 0 &&
          at < 8 &&
          (tokens[at + 1] === 'EXISTS' ||
            (tokens[at + 1] === 'NOT' && tokens[at + 2] === 'EXISTS'));
        if (isGuard) yield { statement, message: 'It passes over what exists already.' };
      }
    },
  },
  {
    name: 'random-in-sql',
    judges: 'statements',
    severity: 'warning',
    finds: 'a write with RAND(), UUID() or the like',
    why: 'Each tenant gets other values, and an interrupted migration cannot tell which ones were written.',
    safeWay: 'Write constants, or let the application fill the column.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        if (statement.kind !== 'write') continue;
        const called = ['RAND', 'UUID', 'UUID_SHORT', 'SYS_GUID', 'RANDOM_BYTES'].find((name) =>
          isCalled(statement.tokens, name),
        );
        if (called !== undefined)
          yield { statement, message: `${called}() differs with each run.` };
      }
    },
  },
];

const OUTSIDE = [
  ['USE'],
  ['CREATE|DROP|ALTER', 'DATABASE|SCHEMA|USER|ROLE|SERVER|TABLESPACE'],
  ['GRANT'],
  ['REVOKE'],
  ['RENAME', 'USER'],
  ['SET', 'PASSWORD|GLOBAL|PERSIST'],
  ['FLUSH'],
  ['KILL'],
  ['PURGE|RESET'],
].map((words) => words as readonly string[]);

const LOCKS = ['GET_LOCK', 'RELEASE_LOCK', 'RELEASE_ALL_LOCKS'];

function isCalled(tokens: readonly string[], name: string): boolean {
  return tokens.some((token, at) => token === name && tokens[at + 1] === '(');
}

function isWriteOfAll({ kind, tokens }: LintedStatement): boolean {
  const isWrite = kind === 'write' && (tokens[0] === 'UPDATE' || tokens[0] === 'DELETE');
  return isWrite && !tokens.includes('WHERE') && !tokens.includes('LIMIT');
}

/** Names in a statement, in lower case and without quotes. */
function namesIn({ tokens }: SentStatement): string[] {
  return tokens.map((token) => token.replace(/^`(.*)`$/, '$1').toLowerCase());
}
