import { expect } from 'vitest';
import {
  type LintReport,
  type LintSettings,
  lintMigrations,
} from '../../../../src/core/safety/lint/lint-migrations.ts';
import type { Recording, SentStatement } from '../../../../src/core/safety/recording.ts';
import type {
  ColumnDefinition,
  IndexDefinition,
  TableDefinition,
} from '../../../../src/core/safety/table-definition.ts';

/** A nullable INT with a default, unless `rest` says something else. */
export function column(name: string, rest: Partial<ColumnDefinition> = {}): ColumnDefinition {
  return {
    name,
    position: 1,
    type: 'int',
    isNullable: true,
    hasDefault: true,
    isDefaultExpression: false,
    isAutoIncrement: false,
    ...rest,
  };
}

/** A VARCHAR of so many characters in utf8mb4. */
export function text(
  name: string,
  length: number,
  rest: Partial<ColumnDefinition> = {},
): ColumnDefinition {
  const type = `varchar(${length})`;
  return column(name, { type, charset: 'utf8mb4', maxBytes: length * 4, ...rest });
}

/** A visible index that is not unique, unless `rest` says something else. */
export function index(
  name: string,
  columns: readonly string[],
  rest: Partial<IndexDefinition> = {},
): IndexDefinition {
  return { name, columns, isUnique: false, type: 'BTREE', isVisible: true, ...rest };
}

/** A primary key over columns. */
export function primary(...columns: readonly string[]): IndexDefinition {
  return index('PRIMARY', columns, { isUnique: true });
}

/** A table `t` of InnoDB with these columns, in order, and the rest. */
export function table(
  columns: readonly ColumnDefinition[],
  rest: Partial<TableDefinition> = {},
): TableDefinition {
  return {
    name: 't',
    isView: false,
    engine: 'InnoDB',
    charset: 'utf8mb4',
    isPartitioned: false,
    indexes: [],
    foreignKeys: [],
    checks: [],
    columns: columns.map((each, at) => ({ ...each, position: at + 1 })),
    ...rest,
  };
}

/** A statement of these words, which changes definitions unless it begins with another verb. */
export function statement(sql: string, rest: Partial<SentStatement> = {}): SentStatement {
  const tokens = (sql.match(/`[^`]*`|\w+|[^\s\w]/g) ?? []).map((token) =>
    token.startsWith('`') ? token : token.toUpperCase(),
  );
  return {
    number: 1,
    text: sql,
    tokens,
    kind: KINDS[tokens[0] ?? ''] ?? 'ddl',
    together: 1,
    changes: [],
    renames: [],
    otherDatabases: [],
    checksForeignKeys: true,
    isRefused: false,
    ...rest,
  };
}

const KINDS: Readonly<Record<string, SentStatement['kind']>> = {
  ...{ SELECT: 'read', INSERT: 'write', UPDATE: 'write', DELETE: 'write' },
  ...{ SET: 'session', LOCK: 'locking' },
};

/** An `ALTER TABLE t` that makes `after` of `before`. */
export function alter(
  before: TableDefinition,
  after: TableDefinition,
  rest: Partial<SentStatement> = {},
): SentStatement {
  return statement('ALTER TABLE t', { changes: [{ before, after }], ...rest });
}

/** A `CREATE TABLE` of each definition. */
export function create(...tables: readonly TableDefinition[]): SentStatement {
  return statement('CREATE TABLE t', { changes: tables.map((after) => ({ after })) });
}

/** A `DROP TABLE` of each definition. */
export function drop(...tables: readonly TableDefinition[]): SentStatement {
  return statement('DROP TABLE t', { changes: tables.map((before) => ({ before })) });
}

/** Judges migrations of these statements, in order, as a server of MySQL 8.4 has recorded them. */
export function lintStatements(
  migrations: readonly (readonly SentStatement[])[],
  settings: Partial<LintSettings> = {},
  recorded: Partial<Recording> = {},
): LintReport {
  const server = {
    product: 'MySQL',
    isMariaDb: false,
    version: '8.4.0',
    number: 8_004_000,
    lowerCaseTableNames: 0 as const,
  };
  const recording: Recording = {
    server,
    migrations: migrations.map((statements, at) => ({
      id: `${at + 1}`,
      statements: statements.map((each, before) => ({ ...each, number: before + 1 })),
    })),
    ...recorded,
  };
  const source = { file: 'x.js', tokens: [], allowed: [] };
  const toLint = migrations.map((_, at) => ({
    id: `${at + 1}`,
    source,
    down: 'present' as const,
  }));
  return lintMigrations(toLint, recording, { rules: {}, allow: {}, ...settings });
}

/** The messages of one rule about one migration. */
export function messagesOf(rule: string, statements: readonly SentStatement[]): string[] {
  const rules = { '*': 'off', [rule]: 'error' } as const;
  return lintStatements([statements], { rules }).findings.map(({ message }) => message);
}

/** Migrations of which a rule finds something in the first kind, with these messages, and nothing in the other. */
export interface StatementCase {
  readonly rule: string;
  readonly fires: readonly (readonly [message: string, ...statements: SentStatement[]])[];
  readonly quiet: readonly (readonly SentStatement[])[];
}

/** Expects the messages of the faults, and none about the other migrations. */
export function expectFaults({ rule, fires, quiet }: StatementCase): void {
  for (const [message, ...statements] of fires) {
    expect(messagesOf(rule, statements), message).toEqual([message]);
  }
  for (const statements of quiet) {
    expect(messagesOf(rule, statements), statements.at(-1)?.text).toEqual([]);
  }
}
