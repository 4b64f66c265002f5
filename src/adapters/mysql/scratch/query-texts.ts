import type { Connection, QueryError } from 'mysql2';

/** A row whose values are the server's texts; NULL is absent. */
export type TextRow = Readonly<Record<string, string | undefined>>;

/** Statements in one packet: far below the smallest `max_allowed_packet` that servers have by default. */
const MOST_BYTES = 512 * 1024;

/**
 * Sends queries, as many in one packet as fit, and returns the rows of each. Values are texts as the server sends
 * them, so that none is rounded or moved to another time zone.
 */
export async function queryTexts(
  connection: Connection,
  queries: readonly string[],
): Promise<TextRow[][]> {
  const answers: TextRow[][] = [];
  for (const packet of inPackets(queries)) answers.push(...(await sendTexts(connection, packet)));
  return answers;
}

/** Groups statements into packets, in order. */
export function inPackets(statements: readonly string[]): string[][] {
  const packets: string[][] = [];
  let size = MOST_BYTES;
  for (const statement of statements) {
    const bytes = Buffer.byteLength(statement) + 2;
    if (size + bytes > MOST_BYTES) {
      packets.push([]);
      size = 0;
    }
    packets.at(-1)?.push(statement);
    size += bytes;
  }
  return packets;
}

function sendTexts(connection: Connection, queries: readonly string[]): Promise<TextRow[][]> {
  return new Promise((resolve, reject) => {
    connection.query(
      {
        sql: queries.join(';\n'),
        rowsAsArray: false,
        nestTables: false,
        typeCast: (field) => field.string('utf8') ?? undefined,
      },
      (error: QueryError | null, rows: unknown) => {
        if (error !== null) return reject(error);
        resolve((queries.length === 1 ? [rows] : rows) as TextRow[][]);
      },
    );
  });
}
