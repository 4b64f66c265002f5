import type { Connection } from 'mysql2';
import type { SnapshotGround } from '../../../core/snapshot/snapshot.ts';
import { serverFlavour } from '../../server/server-flavour.ts';
import { query } from '../connection/query.ts';

/** The facts about a server and its connection's database that decide whether a snapshot fits. */
export interface DatabaseGround {
  readonly ground: SnapshotGround;
  /** Tables, views, routines and events, Fanfold's and Knex's own left out. */
  readonly objects: number;
  readonly maxPacketBytes: number;
}

/** Settings of a server with which the same statements make something else. A server lacks some of them. */
const SETTINGS = [
  'sql_mode',
  'old_mode',
  'lower_case_table_names',
  'explicit_defaults_for_timestamp',
  'default_storage_engine',
  'default_collation_for_utf8mb4',
  'character_set_collations',
  'sql_require_primary_key',
  'sql_generate_invisible_primary_key',
  'auto_increment_increment',
  'auto_increment_offset',
  'div_precision_increment',
  'group_concat_max_len',
  'check_constraint_checks',
  'foreign_key_checks',
  'time_zone',
] as const;

/** Names of the zone that has no offset. */
const UTC = new Set(['utc', '+00:00', 'etc/utc', 'gmt', 'universal', 'zulu']);

type Row = Readonly<Record<string, unknown>>;

/** Reads them in one round trip. The settings are the server's: those of the session are the same code's everywhere. */
export async function readGround(
  connection: Connection,
  ownTables: ReadonlySet<string>,
): Promise<DatabaseGround> {
  const own = [...ownTables];
  const [versions, settings, objects] = (await query(
    connection,
    `SELECT VERSION() AS version, @@version_comment AS comment, @@character_set_database AS charset,
       @@collation_database AS collation, @@system_time_zone AS zone, @@max_allowed_packet AS packet;
     SHOW GLOBAL VARIABLES WHERE Variable_name IN (?);
     SELECT (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND LOWER(TABLE_NAME) NOT IN (?))
       + (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE())
       + (SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()) AS found`,
    [SETTINGS, own],
  )) as unknown as [Row[], Row[], Row[]];
  const [row = {}] = versions;
  const { product, isMariaDb, version } = serverFlavour(String(row.version), String(row.comment));
  const values = settings
    .map((each): [string, string] => [
      String(each.Variable_name),
      settingOf(each, String(row.zone)),
    ])
    .sort();
  return {
    ground: {
      product,
      isMariaDb,
      version,
      charset: String(row.charset),
      collation: String(row.collation),
      settings: Object.fromEntries(values),
    },
    objects: Number(objects[0]?.found),
    maxPacketBytes: Number(row.packet),
  };
}

function settingOf({ Variable_name: name, Value: value }: Row, systemZone: string): string {
  const text = String(value);
  if (name !== 'time_zone') return text;
  const zone = text === 'SYSTEM' ? systemZone : text;
  return UTC.has(zone.toLowerCase()) ? 'UTC' : zone;
}
