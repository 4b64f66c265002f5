import type { Connection, RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { failureOf } from '../../../core/migrate/failure-of.ts';
import { changedTableOf, OWN_WORK_TABLE } from '../../../core/safety/online/online-leftovers.ts';
import type { ShapeServer } from '../../../core/shapes/shape.ts';
import type {
  DatabaseToRead,
  ReadOptions,
  ShapeReading,
} from '../../../core/shapes/shape-source.ts';
import { messageForPeople, type ServerError } from '../../server/server-error.ts';
import { serverFlavour } from '../../server/server-flavour.ts';
import { KEPT_PREFIX } from '../bookkeeping/kept-table.ts';
import { knexTables } from '../bookkeeping/knex-tables.ts';
import { readState } from '../bookkeeping/read-state.ts';
import { LIBRARY_VIEW } from '../connection/library-view.ts';
import { query } from '../connection/query.ts';
import { collationName } from './column-definition.ts';
import { type ListedDatabase, type ListingServer, listObjects } from './list-objects.ts';
import { ShapeBuilder } from './shape-builder.ts';
import { type CreateTexts, showCreate } from './show-create.ts';
import { visibility } from './visible-rights.ts';

/** Databases that are listed in one round trip. */
const IN_ONE_LIST = 100;

export interface ReadShapesOptions extends ReadOptions {
  /** Knex's `tableName`. */
  readonly tableName: string;
  /** Names of tables that are not the migrations', in lower case. */
  readonly hidden: ReadonlySet<string>;
}

/** Reads databases one after the other over a connection that is read-only, and reports each. */
export async function readShapes(
  connection: Connection,
  databases: readonly DatabaseToRead[],
  { hidden, signal, tableName, withState = false }: ReadShapesOptions,
  onRead: (of: DatabaseToRead, reading: ShapeReading) => void,
): Promise<void> {
  const { server, defaults, grants, listing } = await readServer(connection);
  const builder = new ShapeBuilder(server, defaults);
  const sameName = (name: string) => (server.lowerCaseTableNames === 0 ? name : name.toLowerCase());

  const readingOf = async (
    { database, users }: DatabaseToRead,
    listed: ListedDatabase | undefined,
    isAgain = false,
  ): Promise<ShapeReading> => {
    const { seesTables, unseen } = visibility(grants, database);
    if (listed === undefined) return unreadable(hiddenError(database), database);
    if (!seesTables) return unreadable(partlyHiddenError(), database);
    const work = workTables(listed);
    const own = {
      ...listed,
      objects: listed.objects.filter((each) => !isHidden(each, hidden, work)),
    };
    const texts = await showCreate(connection, own);
    if ('statements' in texts) {
      const shape = builder.shapeOf(own, texts.statements, { users, unseen });
      if (!withState) return { status: 'read', shape };
      const state = await readState(connection, knexTables(own.name, tableName));
      return { status: 'read', shape, state };
    }
    // An object that was dropped or renamed meanwhile: the list is read once more.
    if (!isAgain && texts.error !== undefined && VANISHED.has(texts.error.errno)) {
      const [now] = await listObjects(connection, [database], listing);
      return readingOf({ database, users }, now, true);
    }
    return unreadable(objectError(texts, database), database);
  };

  const isAborted = () => signal?.aborted === true;
  for (let at = 0; at < databases.length && !isAborted(); at += IN_ONE_LIST) {
    const some = databases.slice(at, at + IN_ONE_LIST);
    const names = [...new Set(some.map(({ database }) => database))];
    const listed = await listObjects(connection, names, listing);
    const byName = new Map(listed.map((each) => [sameName(each.name), each]));
    for (const each of some) {
      if (isAborted()) return;
      onRead(each, await readingOf(each, byName.get(sameName(each.database))));
    }
  }
}

/** Tables of an online change, which a killed attempt has left, and tables with kept values. */
function workTables({ objects }: ListedDatabase): (name: string) => boolean {
  const names = new Set(objects.flatMap(({ kind, name }) => (kind === 'table' ? [name] : [])));
  // Spirit names its tables after the one that it changes. A table of Fanfold's marks them.
  const hasSpirit = [...names].some((name) => OWN_WORK_TABLE.exec(name)?.[2] === 'spi');
  return (name) =>
    OWN_WORK_TABLE.test(name) ||
    name.startsWith(KEPT_PREFIX) ||
    (hasSpirit && names.has(changedTableOf(name) ?? ''));
}

/** Tables of Fanfold and Knex, and what belongs to them. */
function isHidden(
  { kind, name, table }: ListedDatabase['objects'][number],
  hidden: ReadonlySet<string>,
  isWork: (name: string) => boolean,
): boolean {
  const own = kind === 'table' ? name : (table ?? '');
  return hidden.has(own.toLowerCase()) || isWork(own);
}

/** No such table, view, trigger, routine, event. */
const VANISHED: ReadonlySet<number> = new Set([1146, 1347, 1360, 1305, 1539, 1932]);

interface ServerFacts {
  readonly server: ShapeServer;
  readonly defaults: ReadonlyMap<string, string>;
  readonly grants: readonly string[];
  readonly listing: ListingServer;
}

async function readServer(connection: Connection): Promise<ServerFacts> {
  const [variables, characterSets, grants, libraries] = await query<RowDataPacket[][]>(
    connection,
    `SELECT VERSION() AS version, @@version_comment AS comment, @@lower_case_table_names AS folding; SHOW CHARACTER SET; SHOW GRANTS; ${LIBRARY_VIEW}`,
  );
  const [row] = variables ?? [];
  const { product, isMariaDb, version } = serverFlavour(String(row?.version), String(row?.comment));
  return {
    server: {
      product,
      isMariaDb,
      version,
      lowerCaseTableNames: Number(row?.folding) as ShapeServer['lowerCaseTableNames'],
    },
    defaults: new Map(
      (characterSets ?? []).map((each) => [
        String(each.Charset),
        collationName(String(each['Default collation'])),
      ]),
    ),
    grants: (grants ?? []).map((grant) => String(Object.values(grant)[0])),
    listing: { isMariaDb, hasLibraries: (libraries ?? []).length > 0 },
  };
}

function unreadable(error: FanfoldError, database: string): ShapeReading {
  return { status: 'unreadable', failure: failureOf(error, [], [database]) };
}

function hiddenError(database: string): FanfoldError {
  return new FanfoldError('ShapeHidden', `The login does not see the database ${database}.`, {
    fault: 'tenant',
    nextStep:
      'Check that the database exists on this server, and grant the login its rights: SELECT, SHOW VIEW, TRIGGER and EVENT.',
    ownWords: true,
  });
}

function partlyHiddenError(): FanfoldError {
  return new FanfoldError(
    'ShapeHidden',
    'The login has no rights to the database as a whole, so that it may not see every table.',
    {
      fault: 'tenant',
      nextStep: 'Grant SELECT, SHOW VIEW, TRIGGER and EVENT on the database, not on single tables.',
      ownWords: true,
    },
  );
}

function objectError(
  texts: Exclude<CreateTexts, { statements: unknown }>,
  database: string,
): FanfoldError {
  const { object, error } = texts;
  const what = `the ${object.kind} ${object.name}`;
  if (error === undefined || DENIED.has(error.errno)) {
    return new FanfoldError('ShapeHidden', `The login may not see the definition of ${what}.`, {
      fault: 'tenant',
      nextStep: `Grant it ${object.kind === 'view' ? 'SHOW VIEW and SELECT' : ROUTINE_RIGHTS}, or read shapes with a login that has the right.`,
      ownWords: true,
    });
  }
  const said = messageForPeople(error as ServerError, database);
  return new FanfoldError('ShapeUnreadable', `The definition of ${what} cannot be read: ${said}`, {
    fault: 'tenant',
    nextStep:
      'Look at this object on the server. If a migration is under way, run the command again later.',
    retryable: LATER.has(error.errno),
    said,
  });
}

const ROUTINE_RIGHTS =
  'SHOW_ROUTINE (MySQL), SHOW CREATE ROUTINE (MariaDB from 11.3) or SELECT on mysql.proc (MariaDB)';

/** No right to a database, table, view, trigger, routine or event. */
const DENIED: ReadonlySet<number> = new Set([1044, 1142, 1143, 1227, 1345, 1370]);

/** Lock wait timeout, deadlock. */
const LATER: ReadonlySet<number> = new Set([1205, 1213]);
