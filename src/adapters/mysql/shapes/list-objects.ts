import type { Connection, RowDataPacket } from 'mysql2';
import type { CreatedKind } from '../../../core/shapes/shape.ts';
import { LIBRARY_VIEW } from '../connection/library-view.ts';
import { query } from '../connection/query.ts';

/** An object of a database, as the server lists it. */
export interface ListedObject {
  readonly kind: CreatedKind;
  readonly name: string;
  /** Of tables: in use, whether it was chosen or is the default. */
  readonly rowFormat?: string | undefined;
  /** Of triggers. */
  readonly table?: string | undefined;
  readonly place?: number | undefined;
  /** Of routines. */
  readonly isInvoker?: boolean | undefined;
  /** Of events. */
  readonly startsByDefault?: boolean | undefined;
}

/** The objects of a database and its own defaults. */
export interface ListedDatabase {
  /** As the server writes it. */
  readonly name: string;
  readonly charset: string;
  readonly collation: string;
  readonly objects: readonly ListedObject[];
}

/** The columns have aliases, because the two servers name them in different case. */
const VIEWS = [
  [
    'SCHEMA_NAME',
    'SCHEMATA',
    'DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation',
  ],
  ['TABLE_SCHEMA', 'TABLES', 'TABLE_NAME AS name, TABLE_TYPE AS type, ROW_FORMAT AS format'],
  [
    // The schema of the table, which is the trigger's too: MariaDB looks triggers up by it alone.
    'EVENT_OBJECT_SCHEMA',
    'TRIGGERS',
    "TRIGGER_NAME AS name, 'TRIGGER' AS type, EVENT_OBJECT_TABLE AS onTable, CONCAT(EVENT_OBJECT_TABLE, ' ', ACTION_TIMING, ' ', EVENT_MANIPULATION) AS slot, ACTION_ORDER AS place",
  ],
  [
    'ROUTINE_SCHEMA',
    'ROUTINES',
    'ROUTINE_NAME AS name, ROUTINE_TYPE AS type, SECURITY_TYPE AS security',
  ],
  [
    'EVENT_SCHEMA',
    'EVENTS',
    "EVENT_NAME AS name, 'EVENT' AS type, ABS(TIMESTAMPDIFF(SECOND, CREATED, CONVERT_TZ(STARTS, TIME_ZONE, @@session.time_zone))) <= 1 AS atOnce",
  ],
] as const;

/** Of MySQL from 9.2 on. */
const LIBRARIES = [
  'LIBRARY_SCHEMA',
  'LIBRARIES',
  "LIBRARY_NAME AS name, 'LIBRARY' AS type",
] as const;

/** Facts about the server that decide how it is asked. */
export interface ListingServer {
  readonly isMariaDb: boolean;
  readonly hasLibraries: boolean;
}

/** Whether the server has libraries, which only MySQL from 9.2 on lists. */
export async function hasLibraries(connection: Connection): Promise<boolean> {
  const views = await query<RowDataPacket[]>(connection, LIBRARY_VIEW);
  return views.length > 0;
}

type Row = RowDataPacket & {
  readonly db: string;
  readonly name: string;
  readonly type: string;
  readonly format?: string | null;
  readonly onTable?: string;
  readonly slot?: string;
  readonly place?: number;
  readonly security?: string;
  readonly atOnce?: number | null;
  readonly charset: string;
  readonly collation: string;
};

/**
 * Lists the objects of databases in one round trip; those that the login does not see are absent. MySQL looks many
 * up with one query. MariaDB would read the folders of all databases for that, so it gets a query for each.
 */
export async function listObjects(
  connection: Connection,
  databases: readonly string[],
  { isMariaDb, hasLibraries }: ListingServer,
): Promise<ListedDatabase[]> {
  const views = hasLibraries ? [...VIEWS, LIBRARIES] : VIEWS;
  const lists = isMariaDb ? databases.map((name) => [name]) : [databases];
  const queries = lists.flatMap(() =>
    views.map(
      ([schema, view, columns]) =>
        `SELECT ${schema} AS db, ${columns} FROM information_schema.${view} WHERE ${schema} ${isMariaDb ? '= ?' : 'IN (?)'}`,
    ),
  );
  const values = lists.flatMap((names) => views.map(() => (isMariaDb ? names[0] : names)));
  const answers = (await query(connection, queries.join(';\n'), values)) as unknown as Row[][];
  const schemas = answers.filter((_, at) => at % views.length === 0).flat();
  const objects = answers.filter((_, at) => at % views.length !== 0).flat();
  const byDatabase = Map.groupBy(objects, ({ db }) => db);
  return schemas.map(({ db, charset, collation }) => {
    const rows = byDatabase.get(db) ?? [];
    const slots = Map.groupBy(rows, ({ slot }) => slot);
    // Triggers in the order in which they run, which is that of creating them again.
    const ordered = rows.toSorted(
      (one, other) => Number(one.place ?? 0) - Number(other.place ?? 0),
    );
    return { name: db, charset, collation, objects: ordered.map((row) => objectOf(row, slots)) };
  });
}

function objectOf(row: Row, slots: ReadonlyMap<string | undefined, readonly Row[]>): ListedObject {
  const { name, type, format, onTable, slot, place, security, atOnce } = row;
  const sharing = slot === undefined ? [] : (slots.get(slot) ?? []);
  return {
    kind: kindOf(type),
    name,
    rowFormat: format ?? undefined,
    table: onTable,
    // Places are counted anew, because dropping a trigger leaves a gap.
    place:
      sharing.length < 2 ? undefined : sharing.filter((each) => before(each, place)).length + 1,
    isInvoker: security === undefined ? undefined : security === 'INVOKER',
    startsByDefault: atOnce === undefined ? undefined : Number(atOnce) === 1,
  };
}

function before(row: Row, place: number | undefined): boolean {
  return Number(row.place) < Number(place);
}

const KINDS: Readonly<Record<string, CreatedKind>> = {
  VIEW: 'view',
  'SYSTEM VIEW': 'view',
  SEQUENCE: 'sequence',
  TRIGGER: 'trigger',
  PROCEDURE: 'procedure',
  FUNCTION: 'function',
  PACKAGE: 'package',
  'PACKAGE BODY': 'package body',
  LIBRARY: 'library',
  EVENT: 'event',
};

/** Every other type is one of tables: `BASE TABLE`, `SYSTEM VERSIONED`. */
function kindOf(type: string): CreatedKind {
  return KINDS[type.toUpperCase()] ?? 'table';
}
