import type { Connection, RowDataPacket } from 'mysql2';
import { send } from './connection.ts';

/** Counters of the server that are compared, by the names of its global status. */
export const COUNTERS = {
  statements: 'Questions',
  commits: 'Com_commit',
  connections: 'Connections',
  /** All of InnoDB, including its log. Those of the binary log are not counted. */
  fsyncs: 'Innodb_data_fsyncs',
  logFsyncs: 'Innodb_os_log_fsyncs',
  received: 'Bytes_received',
  sent: 'Bytes_sent',
} as const;

export type Counter = keyof typeof COUNTERS;

/** Counts by name; one that the server does not have is absent (MariaDB has no count of log fsyncs). */
export type Counts = Readonly<Partial<Record<Counter, number>>>;

/** Reads the server-wide counters: other users of the server are counted, too. */
export async function readCounters(connection: Connection): Promise<Counts> {
  const rows = await send<RowDataPacket[]>(
    connection,
    'SHOW GLOBAL STATUS WHERE Variable_name IN (?)',
    [Object.values(COUNTERS)],
  );
  const values = new Map(rows.map((row) => [String(row.Variable_name), Number(row.Value)]));
  return mapCounters((counter) => values.get(COUNTERS[counter]));
}

/** The change of the counters, less the change that reading them causes. */
export function countsBetween(before: Counts, after: Counts, ofReading: Counts = {}): Counts {
  return mapCounters((counter) => {
    const [from, to] = [before[counter], after[counter]];
    return from === undefined || to === undefined
      ? undefined
      : Math.max(0, to - from - (ofReading[counter] ?? 0));
  });
}

/** Builds counts from one value a counter, leaving out what is `undefined`. */
export function mapCounters(countOf: (counter: Counter) => number | undefined): Counts {
  const counts: Partial<Record<Counter, number>> = {};
  for (const counter of Object.keys(COUNTERS) as Counter[]) {
    const value = countOf(counter);
    if (value !== undefined) counts[counter] = value;
  }
  return counts;
}
