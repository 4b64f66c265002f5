import { createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { MigrationStep, RunSteps, TenantDatabase } from '../../../src/core/ports.ts';
import type { RecordedMigration, SentStatement } from '../../../src/core/safety/recording.ts';
import {
  type DatabaseContents,
  NO_CONTENTS,
  type TableContents,
} from '../../../src/core/safety/rehearsal/database-contents.ts';
import type {
  AttemptTerms,
  RehearsalDatabase,
  RehearsalServer,
} from '../../../src/core/safety/rehearsal/rehearsal-ports.ts';
import type { SchemaState } from '../../../src/core/schema-state.ts';
import { makeShape } from '../../../src/core/shapes/shape.ts';

/** The database as a migration of these tests sees it. Each call is a statement. */
export interface MemoryKnex {
  readonly name: string;
  readonly now: number;
  create(table: string, ...columns: string[]): Promise<void>;
  drop(table: string): Promise<void>;
  insert(table: string, ...values: (string | number)[]): Promise<void>;
  clear(table: string): Promise<void>;
  count(table: string): Promise<number>;
  has(table: string): Promise<boolean>;
  /** A statement whose end nobody can see after a kill. */
  call(): Promise<void>;
}

/** A migration of these tests; without a `down` it has none. */
export function memoryMigration(
  id: string,
  up: (knex: MemoryKnex) => unknown,
  down?: (knex: MemoryKnex) => unknown,
): Migration {
  return { id, extension: '.js', checksum: id, load: async () => ({ up, down }) };
}

/** A collation that the server of these tests does not have. */
export const REFUSED = 'utf8mb4_of_elsewhere';

export const memoryBundle = (...migrations: Migration[]) => createBundle(migrations);

/** A scratch server in memory: transactions, kills and half-applied migrations as the real one has them. */
export function memoryRehearsalServer({ names = ['one', 'two'] } = {}): RehearsalServer {
  const facts = {
    product: 'MariaDB',
    isMariaDb: true,
    version: '11.8.2',
    number: 110_802,
    lowerCaseTableNames: 0 as const,
  };
  return {
    facts,
    usingRehearsal: (work) => {
      const [first = 'one', second] = names;
      return work({
        facts,
        first: memoryDatabase(first),
        other: second === undefined ? undefined : memoryDatabase(second),
      });
    },
  };
}

function memoryDatabase(database: string): RehearsalDatabase {
  let contents: DatabaseContents = NO_CONTENTS;
  const write = (changed: DatabaseContents) => {
    contents = changed;
  };
  return {
    login: { host: 'localhost', port: 1, user: 'u', password: 'p', database },
    read: async () => contents,
    restore: async (wanted) => write(wanted),
    setDefaults: async ({ collation }) => {
      if (collation === REFUSED) throw notRestored();
    },
    restoreShape: async ({ statements }) => {
      const tables = statements.map(({ name, sql }): [string, TableContents] => [
        name,
        { definition: sql, columns: [], rows: [] },
      ]);
      write({ ...NO_CONTENTS, tables: new Map(tables) });
      return [];
    },
    readShape: async () =>
      makeShape({
        server: { product: 'MariaDB', isMariaDb: true, version: '11.8.2', lowerCaseTableNames: 0 },
        charset: 'utf8mb4',
        collation: 'utf8mb4_bin',
        definitions: [...contents.tables].map(([name, { definition }]) => ({
          kind: 'table' as const,
          name,
          text: definition,
        })),
        statements: [],
      }),
    definitions: async () =>
      [...contents.tables].map(([name, { columns }]) => ({
        name,
        isView: false,
        isPartitioned: false,
        columns: columns.map((column, index) => ({
          name: column.name,
          position: index + 1,
          type: 'varchar(50)',
          isNullable: true,
          hasDefault: true,
          isDefaultExpression: false,
          isAutoIncrement: false,
        })),
        indexes: [],
        foreignKeys: [],
        checks: [],
      })),
    insert: async (table, _columns, rows) => {
      const known = contents.tables.get(table);
      if (known === undefined) return 1146;
      const filled = { ...known, rows: [...known.rows, ...rows] };
      write({ ...contents, tables: new Map([...contents.tables, [table, filled]]) });
      return undefined;
    },
    attempting: (terms, work) => {
      const attempt = memoryAttempt(database, terms, () => contents, write);
      return work(attempt);
    },
  };
}

function memoryAttempt(
  database: string,
  { clock, stop }: AttemptTerms,
  read: () => DatabaseContents,
  write: (contents: DatabaseContents) => void,
) {
  const killed = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const recorded: (RecordedMigration & { statements: SentStatement[] })[] = [];
  const run = async (steps: readonly MigrationStep[], { onRecorded }: RunSteps) => {
    for (const step of steps) {
      const { id } = step.migration;
      if (openIn(read()) === id) throw halfApplied(id);
      const statements: SentStatement[] = [];
      recorded.push({ id, statements });
      let draft = read();
      const send = async (kind: SentStatement['kind'], text: string, effect: () => void) => {
        const number = statements.length + 1;
        statements.push(sent(number, kind, text));
        const isHere = stop?.migration === id && stop.statement === number;
        const die = async () => {
          killed.resolve();
          await released.promise;
          throw new Error('killed');
        };
        if (isHere && stop.moment === 'before') await die();
        effect();
        if (isHere) await die();
      };
      const change = (table: string, of: TableContents | undefined) => {
        const tables = new Map(draft.tables);
        if (of === undefined) tables.delete(table);
        else tables.set(table, of);
        draft = { ...draft, tables };
      };
      const tableOf = (name: string) => {
        const table = draft.tables.get(name);
        if (table === undefined) throw new Error(`There is no table ${name}`);
        return table;
      };
      const knex: MemoryKnex = {
        name: database,
        now: clock,
        create: (table, ...columns) =>
          send('ddl', `create table ${table} (${columns.join(', ')})`, () =>
            change(table, {
              definition: `CREATE TABLE ${table} (\n${columns.join(',\n')}\n)`,
              columns: columns.map((name) => ({ name, type: 'varchar', ...PLAIN })),
              rows: [],
            }),
          ),
        drop: (table) => send('ddl', `drop table ${table}`, () => change(table, undefined)),
        insert: (table, ...values) =>
          send('write', `insert into ${table}`, () => {
            const of = tableOf(table);
            change(table, { ...of, rows: [...of.rows, values.map(String)] });
          }),
        clear: (table) =>
          send('write', `delete from ${table}`, () =>
            change(table, { ...tableOf(table), rows: [] }),
          ),
        count: async (table) => tableOf(table).rows.length,
        has: async (table) => draft.tables.has(table),
        call: () => send('opaque', 'call it()', () => write(withOpen(read(), id))),
      };
      const module = await step.migration.load();
      await module[step.direction]?.(knex);
      write(withApplied(draft, id, step.direction));
      onRecorded(step, 1);
    }
    return 'done' as const;
  };
  const tenant = {
    readState: async () => stateOf(read()),
    usingFence: (_options: unknown, work: (fenced: object) => Promise<unknown>) =>
      work({ state: stateOf(read()), notes: [], run }),
  };
  return {
    databases: {
      using: <Result>(_login: unknown, work: (database: TenantDatabase) => Promise<Result>) =>
        work(tenant as unknown as TenantDatabase),
    },
    within: <Result>(work: () => Promise<Result>) => work(),
    killed: killed.promise,
    release: () => released.resolve(),
    recorded: () => recorded,
  };
}

const PLAIN = { isGenerated: false, isNumbered: false, isTimestamped: false };

function sent(number: number, kind: SentStatement['kind'], text: string): SentStatement {
  const none = { tokens: [], changes: [], renames: [], otherDatabases: [] };
  return { number, kind, text, together: 1, checksForeignKeys: true, isRefused: false, ...none };
}

/** Knex's list, which a restored database has too. */
function withApplied(
  contents: DatabaseContents,
  id: string,
  direction: 'up' | 'down',
): DatabaseContents {
  const others = appliedIn(contents).filter((each) => each !== id);
  return listed(contents, 'applied', direction === 'up' ? [...others, id] : others);
}

function withOpen(contents: DatabaseContents, id: string): DatabaseContents {
  return listed(contents, 'open', [id]);
}

function listed(
  contents: DatabaseContents,
  name: string,
  ids: readonly string[],
): DatabaseContents {
  const table = { definition: name, columns: [], rows: ids.map((id) => [id]) };
  return { ...contents, bookkeeping: new Map([...contents.bookkeeping, [name, table]]) };
}

function appliedIn({ bookkeeping }: DatabaseContents): string[] {
  return (bookkeeping.get('applied')?.rows ?? []).map(([id]) => id ?? '');
}

function openIn({ bookkeeping }: DatabaseContents): string | undefined {
  return bookkeeping.get('open')?.rows[0]?.[0];
}

function stateOf(contents: DatabaseContents): SchemaState {
  return {
    rows: appliedIn(contents).map((id) => ({ name: `${id}.js`, batch: 1 })),
    checksums: new Map(),
    appliedBy: new Map(),
    revertedBy: new Map(),
    open: [],
  };
}

function notRestored(): FanfoldError {
  return new FanfoldError('ShapeNotRestored', 'The scratch server refuses the collation.', {
    fault: 'configuration',
    nextStep: 'Use another scratch server.',
  });
}

function halfApplied(id: string): FanfoldError {
  return new FanfoldError('HalfApplied', `The migration ${id} is half-applied.`, {
    fault: 'migration',
    nextStep: 'Decide about it.',
  });
}
