import { randomBytes } from 'node:crypto';
import { type Connection, escapeId } from 'mysql2';
import { isServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import { type Ddl, parseDdl } from '../sql/ddl.ts';
import { sqlTokens } from '../sql/sql-tokens.ts';
import { definitionOf } from './object-state.ts';

/**
 * Whether a table already has the form that an ALTER would give it which only redefines, such as MODIFY: no
 * name shows that. The statement runs on an empty temporary copy, which only this session sees, and if the
 * copy does not change, the table has that form. `undefined` if the probe is impossible, for example without
 * the privilege CREATE TEMPORARY TABLES. Commits an open transaction.
 *
 * @param sql the statement with all its literals
 */
export async function probeRedefinition(
  connection: Connection,
  sql: string,
  ddl: Ddl | undefined,
): Promise<boolean | undefined> {
  if (ddl?.effect !== 'alter') return undefined;
  const [{ name, schema }] = ddl.objects;
  const redefines = ddl.clauses.every(({ does }) => does === 'redefine' || does === 'set');
  if (!redefines || schema !== undefined) return undefined;
  const copy = `fanfold_probe_${randomBytes(6).toString('hex')}`;
  const onCopy = onTable(sql, name, copy);
  if (onCopy === undefined) return undefined;
  const [table, quoted] = [escapeId(name, true), escapeId(copy, true)];
  const shown = () => definitionOf(connection, { type: 'TABLE', name: copy });
  try {
    await query(connection, `CREATE TEMPORARY TABLE ${quoted} LIKE ${table}`);
    const before = await shown();
    await query(connection, onCopy);
    return (await shown()) === before;
  } catch (error) {
    if (!isServerError(error)) throw error;
    return undefined;
  } finally {
    await query(connection, `DROP TEMPORARY TABLE IF EXISTS ${quoted}`).catch(() => {});
  }
}

/** The statement with another table; `undefined` unless it certainly no longer names the first one. */
function onTable(sql: string, from: string, to: string): string | undefined {
  const named = sqlTokens(sql).find(({ text }) => text === from);
  if (named === undefined) return undefined;
  const changed = `${sql.slice(0, named.start)}${escapeId(to, true)}${sql.slice(named.end)}`;
  const ddl = parseDdl(changed);
  return ddl?.effect === 'alter' && ddl.objects[0].name === to ? changed : undefined;
}
