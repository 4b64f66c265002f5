import { type Connection, escapeId, escape as escapeText } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import type { CreateStatement, Shape } from '../../../core/shapes/shape.ts';
import { isServerError, messageForPeople, type ServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import { crossDatabaseKeys } from './cross-database-keys.ts';
import { type Definers, knownDefiners, withKnownDefiner } from './known-definers.ts';

/**
 * Fills an empty scratch database with a shape's definitions. Foreign keys may be in any order, and views may use
 * each other. Events do not run. Left out are foreign keys to other databases and views that do not work in the
 * tenants either; definers that the server does not have are replaced by the login.
 *
 * @param connection to the server of the scratch database; its session is changed
 * @returns a sentence about each thing that is not as the tenants have it
 * @throws FanfoldError `ShapeNotRestored` if the server refuses a definition
 */
export async function restoreShape(
  connection: Connection,
  database: string,
  { charset, collation, statements }: Shape,
): Promise<string[]> {
  const own = escapeId(database, true);
  const notes: string[] = [];
  const send = sender(connection, database);
  const of = (...kinds: CreateStatement['kind'][]) =>
    statements.filter(({ kind }) => kinds.includes(kind));

  await setDefaults(connection, database, { charset, collation });
  await send('the session', [
    `USE ${own}`,
    // Keys may refer to tables that come later; definitions may be older than the strict mode.
    "SET SESSION foreign_key_checks = 0, SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION'",
  ]);
  for (const setting of LENIENT) await query(connection, setting).catch(passServerError);
  for (const statement of [...of('sequence'), ...of('table')]) {
    const { sql, leftOut } = crossDatabaseKeys(statement.sql);
    await send(nameOf(statement), [sql]);
    for (const key of leftOut) {
      notes.push(`The foreign key ${key} of the ${nameOf(statement)} is left out.`);
    }
  }

  const definers = await knownDefiners(connection);
  const create = async (statement: CreateStatement) => {
    await send(nameOf(statement), createTexts(statement, definers));
    const { replaced } = withKnownDefiner(statement.sql, definers);
    if (replaced === undefined) return;
    notes.push(
      `The ${nameOf(statement)} is defined by ${replaced}, whom this server does not have; here it is the login.`,
    );
  };
  for (const each of of('library')) await create(each);
  for (const each of of('package', 'package body', 'function', 'procedure')) await create(each);
  for (const [view, why] of await createInAnyOrder(of('view'), create)) {
    notes.push(`The ${nameOf(view)} is left out: ${why}`);
  }
  for (const each of of('trigger', 'event')) await create(each);
  return notes;
}

/**
 * Sets the character set and collation that new tables of a database take over.
 *
 * @throws FanfoldError `ShapeNotRestored` if the server does not have them
 */
export async function setDefaults(
  connection: Connection,
  database: string,
  { charset, collation }: Pick<Shape, 'charset' | 'collation'>,
): Promise<void> {
  await sender(connection, database)(`the collation ${collation}`, [
    `ALTER DATABASE ${escapeId(database, true)} CHARACTER SET ${charset} COLLATE ${collation}`,
  ]);
}

/** Settings that some versions have, and that some logins may not change: what tenants have had before is accepted. */
const LENIENT = [
  'SET SESSION innodb_strict_mode = 0',
  'SET SESSION restrict_fk_on_non_standard_key = 0',
  'SET SESSION sql_require_primary_key = 0',
];

/** Sends statements in turn, and names the object that the server refuses. */
function sender(connection: Connection, database: string) {
  return async (name: string, texts: readonly string[]): Promise<void> => {
    try {
      for (const text of texts) await query(connection, text);
    } catch (error) {
      if (!isServerError(error)) throw error;
      throw new FanfoldError(
        'ShapeNotRestored',
        `The scratch server refuses ${name} of the shape: ${messageForPeople(error, database)}`,
        {
          fault: 'configuration',
          nextStep:
            'Use a scratch server of the flavour and version of the fleet: --scratch mysql:8.4, or --scratch-url.',
          cause: error,
        },
      );
    }
  };
}

function createTexts(
  { kind, sql, sqlMode, timeZone }: CreateStatement,
  definers: Definers,
): string[] {
  const own = withKnownDefiner(sql, definers).sql;
  return [
    ...(sqlMode === undefined ? [] : [`SET SESSION sql_mode = ${escapeText(sqlMode)}`]),
    ...(timeZone === undefined ? [] : [`SET SESSION time_zone = ${escapeText(timeZone)}`]),
    kind === 'event' ? disabled(own) : own,
  ];
}

/** Nothing may run in a scratch database by itself. */
function disabled(event: string): string {
  return event.replace(/( ON COMPLETION (?:NOT )?PRESERVE) ENABLE /, '$1 DISABLE ');
}

/**
 * Creates views as soon as all that they use exists.
 *
 * @returns views that use something that does not exist at all, with the server's reason
 */
async function createInAnyOrder(
  views: readonly CreateStatement[],
  create: (view: CreateStatement) => Promise<void>,
): Promise<[CreateStatement, string][]> {
  let left = views;
  for (;;) {
    const failed: [CreateStatement, string][] = [];
    for (const view of left) {
      const missing = await missingFor(() => create(view));
      if (missing !== undefined) failed.push([view, missing]);
    }
    if (failed.length === left.length) return failed;
    left = failed.map(([view]) => view);
  }
}

/** The server's message if `create` fails because it uses something that is missing. */
async function missingFor(create: () => Promise<void>): Promise<string | undefined> {
  try {
    await create();
    return undefined;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as ServerError | undefined) : undefined;
    if (!isServerError(cause) || !MISSING.has(cause.errno)) throw error;
    return messageForPeople(cause, '');
  }
}

/**
 * No such database, column, table or routine; a view that uses one of these, or that has no rights to it. The login
 * of a scratch server sees no other database, so that one of those is denied.
 */
const MISSING: ReadonlySet<number> = new Set([1044, 1049, 1054, 1142, 1143, 1146, 1305, 1356]);

function nameOf({ kind, name }: CreateStatement): string {
  return `${kind} ${name}`;
}

function passServerError(error: unknown): void {
  if (!isServerError(error)) throw error;
}
