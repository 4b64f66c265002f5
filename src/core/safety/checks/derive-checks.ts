import { namedTables } from '../forecast/named-tables.ts';
import type { RecordedMigration, Recording, SentStatement } from '../recording.ts';
import type { TableDefinition } from '../table-definition.ts';
import { checksOfChange } from './checks-of-change.ts';
import type { DataCheck } from './data-check.ts';
import { originAfter, type TableOrigin } from './table-origin.ts';
import { writtenTables } from './written-tables.ts';

/** The checks of a tenant's pending migrations. */
export interface DerivedChecks {
  readonly checks: readonly DataCheck[];
  /** Pending migrations whose statements are not known, because they did not run on the scratch server. */
  readonly unchecked: readonly string[];
}

/** Derives from a recording which rows of a tenant the pending migrations would fail at, or change silently. */
export function deriveChecks(recording: Recording, pending: ReadonlySet<string>): DerivedChecks {
  const isMariaDb = recording.server.isMariaDb;
  const derivation = new Derivation(isMariaDb);
  const ran = recording.migrations.filter(({ id }) => id !== recording.failure?.migration);
  for (const migration of ran) derivation.add(migration, pending.has(migration.id));
  const judged = new Set(ran.map(({ id }) => id));
  return { checks: derivation.checks, unchecked: [...pending].filter((id) => !judged.has(id)) };
}

/** Follows the tables through the migrations. */
class Derivation {
  readonly checks: DataCheck[] = [];
  readonly #isMariaDb: boolean;
  /** As they are after the statements so far, by name in lower case. */
  readonly #tables = new Map<string, TableDefinition>();
  /** Those that differ from the tenant's, by name in lower case. */
  readonly #origins = new Map<string, TableOrigin>();
  readonly #withTriggers = new Set<string>();
  /** Pending migrations that have read rows of a table, by its name in lower case. */
  readonly #readBy = new Map<string, string>();
  /** The migration that may have written to any table. */
  #allFilledBy: string | undefined;

  constructor(isMariaDb: boolean) {
    this.#isMariaDb = isMariaDb;
  }

  add({ id, statements }: RecordedMigration, isPending: boolean): void {
    for (const statement of statements) {
      if (statement.isRefused) continue;
      if (isPending) {
        this.#check(id, statement);
        this.#noteRows(id, statement);
        this.#noteRead(id, statement);
      }
      this.#noteTables(statement);
      this.#noteTriggers(statement);
    }
  }

  #originOf(table: string): TableOrigin {
    const known = this.#origins.get(table.toLowerCase()) ?? { table, sources: new Map() };
    return this.#allFilledBy === undefined ? known : { filledBy: this.#allFilledBy, ...known };
  }

  #check(migration: string, statement: SentStatement): void {
    const { changes, renames } = statement;
    const next = new Map<string, TableOrigin>();
    for (const { before, after } of changes) {
      if (after === undefined || after.isView) continue;
      if (before === undefined) {
        // A table that is made from a query has its rows.
        const isCopied = statement.verdict?.how === 'unknown';
        next.set(after.name.toLowerCase(), {
          sources: new Map(),
          ...(isCopied && { filledBy: migration }),
        });
        continue;
      }
      const origin = this.#originOf(before.name);
      const change = { before, after };
      const isEmpty = origin.table === undefined && origin.filledBy === undefined;
      if (!isEmpty) {
        const originOf = (table: string) => this.#originOf(table);
        const readBefore = this.#readBefore(migration, origin.table ?? before.name);
        this.checks.push(
          ...checksOfChange(
            { ...change, statement, origin, originOf, isMariaDb: this.#isMariaDb },
            { migration, sqlMode: statement.sqlMode },
          ).map((check) => (readBefore === undefined ? check : { ...check, readBefore })),
        );
      }
      next.set(
        after.name.toLowerCase(),
        originAfter(origin, change, { renames, migration, isMariaDb: this.#isMariaDb }),
      );
    }
    for (const { before } of changes) if (before) this.#origins.delete(before.name.toLowerCase());
    for (const [name, origin] of next) this.#origins.set(name, origin);
  }

  #noteRows(migration: string, statement: SentStatement): void {
    if (statement.tokens[0] === 'TRUNCATE') {
      const name = statement.tokens[statement.tokens[1] === 'TABLE' ? 2 : 1] ?? '';
      this.#origins.set(name.replaceAll('`', '').toLowerCase(), { sources: new Map() });
      return;
    }
    const { tables, columns } = writtenTables(statement);
    const all = tables?.some((table) => this.#withTriggers.has(table)) ?? true;
    if (all) {
      this.#allFilledBy ??= migration;
      return;
    }
    for (const table of this.#withChildren(tables ?? [])) {
      const origin = this.#originOf(table);
      const isOwn = tables?.includes(table) === true;
      if (columns === undefined || !isOwn) {
        this.#origins.set(table, { filledBy: migration, ...origin });
        continue;
      }
      const changed = columns.map((name) => [name, { is: 'changed', by: migration }] as const);
      this.#origins.set(table, { ...origin, sources: new Map([...origin.sources, ...changed]) });
    }
  }

  #noteRead(migration: string, statement: SentStatement): void {
    if (statement.kind !== 'read') return;
    const names = new Map([...this.#tables.keys()].map((name) => [name, name]));
    for (const name of namedTables(statement, names)) this.#readBy.set(name, migration);
  }

  /** The migration whose code may have changed a table's rows: it has read that table, or is the same and has read any. */
  #readBefore(migration: string, table: string): string | undefined {
    const own = [...this.#readBy.values()].includes(migration) ? migration : undefined;
    return own ?? this.#readBy.get(table.toLowerCase());
  }

  /** Tables and those whose rows change with theirs, by foreign keys. */
  #withChildren(tables: readonly string[]): string[] {
    const found = new Set(tables);
    for (const parent of found) {
      for (const [name, { foreignKeys }] of this.#tables) {
        if (foreignKeys.some((key) => key.parent.toLowerCase() === parent)) found.add(name);
      }
    }
    return [...found];
  }

  #noteTables({ changes }: SentStatement): void {
    for (const { before } of changes) if (before) this.#tables.delete(before.name.toLowerCase());
    for (const { after } of changes) if (after) this.#tables.set(after.name.toLowerCase(), after);
  }

  #noteTriggers({ tokens }: SentStatement): void {
    const at = tokens.indexOf('TRIGGER');
    const on = tokens.indexOf('ON', at);
    if (tokens[0] !== 'CREATE' || at < 0 || at > 8 || on < 0) return;
    const name = tokens[on + (tokens[on + 2] === '.' ? 3 : 1)] ?? '';
    this.#withTriggers.add(name.replaceAll('`', '').toLowerCase());
  }
}
