import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import type { OnlineChangeEnd } from '../../../../../core/safety/online/online-changes.ts';
import {
  onlineChangeRefused,
  onlineProgramElsewhere,
} from '../../../../../core/safety/online/online-errors.ts';
import { formatDuration } from '../../../../../core/wording/format-duration.ts';
import { effectOf } from '../../../journal/ddl-effect.ts';
import { definitionOf, stateOf } from '../../../journal/object-state.ts';
import type { SqlStatement } from '../../../journal/sql-statement.ts';
import { alterForms } from '../../../sql/alter-forms.ts';
import { parseDdl } from '../../../sql/ddl.ts';
import { onlineClauses } from '../../../sql/online-clauses.ts';
import { MigrationPaused } from '../migration-paused.ts';
import type { PacketSender } from '../packet-sender.ts';

/**
 * Has a program carry out a statement that the server would do only beyond the limits. Its row is durable, and its
 * end is determined by the table, as for any ALTER: if this process is killed, the next attempt finds the table
 * unchanged and the program resumes, or finds it changed.
 *
 * @param text the statement with its values
 */
export async function changeOnline(
  statement: SqlStatement,
  text: string,
  sender: PacketSender,
): Promise<void> {
  const { session } = sender;
  const { connection, facts, sqlMode } = session;
  const { table } = alterForms(text, sqlMode) ?? {};
  const clauses = onlineClauses(text, sqlMode);
  const ddl = parseDdl(statement.sql, statement.mode);
  const refused = (why: string) => onlineChangeRefused(table?.name ?? '', why, false);
  if (clauses.unfit !== undefined) throw refused(clauses.unfit);
  if (ddl?.effect !== 'alter' || table === undefined || statement.several)
    throw refused('Nothing would show after a kill whether it took effect.');
  const isElsewhere = table.schema !== undefined && table.schema !== facts.database;
  if (isElsewhere || session.changedDatabase)
    throw refused('It is not in the database of the tenant.');
  const state = async () => {
    const definition = await sender.reading(() => definitionOf(connection, table));
    return { definition, is: stateOf(definition) };
  };
  // Last of all, so that nobody is sent to another machine for a change that is refused there too.
  const { online } = facts;
  if (online === undefined) throw onlineProgramElsewhere(table.name);
  const before = await state();
  const startedAt = performance.now();
  const fence = watchFence(connection);
  let end: OnlineChangeEnd;
  try {
    end = await online.change({
      table: table.name,
      clauses,
      stateBefore: before.is,
      // Without the fence, another migrator may change the same tables.
      isTimeUp: () =>
        session.isTimeUp?.() === true ||
        session.longWork?.isStopping?.() === true ||
        fence.isLost(),
      onProgress: (progress) => session.longWork?.onProgress?.(progress),
    });
  } finally {
    fence.stop();
  }
  const after = await state();
  const isChanged = after.is !== before.is && effectOf(ddl, [after.definition]) !== 'not there';
  // A program may fail after it has replaced the table, such as in dropping the old one.
  if (end.end === 'undetermined' && !isChanged && end.failure !== undefined) throw end.failure;
  if (end.end === 'paused' || (end.end === 'undetermined' && !isChanged)) {
    const paused = new MigrationPaused();
    session.refuse(paused);
    throw paused;
  }
  session.changedOnline.push({
    code: 'ChangedOnline',
    message: `${end.program} changed the table ${table.name} beside its users in ${formatDuration(performance.now() - startedAt)}.`,
  });
}

/** Watches whether the connection that holds the fence is lost while nothing is sent on it. */
function watchFence(connection: Connection): { isLost(): boolean; stop(): void } {
  const { stream } = connection as unknown as { stream: Socket };
  let isLost = stream.destroyed;
  const onClose = (): void => {
    isLost = true;
  };
  stream.once('close', onClose);
  return { isLost: () => isLost, stop: () => stream.off('close', onClose) };
}
