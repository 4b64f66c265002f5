import { createConnection } from 'mysql2/promise';
import { ownServerFolder, startOwnServer } from './own-server.ts';
import { testServer } from './server.ts';

/** A root login of a server whose performance schema counts statements. */
export interface CountingServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** A server that counts statements: that of the project, or one of its own; undefined if there is none. */
export async function countingServer(): Promise<
  { server: CountingServer; stop: () => Promise<void> } | undefined
> {
  const { host, port, user, password } = testServer();
  const given = { host, port, user, password };
  const root = await createConnection(given);
  const [[row]] = (await root.query('SELECT @@performance_schema AS isOn')) as never as [
    [{ isOn: number }],
  ];
  // Other tests fill the table of digests with their own.
  if (row.isOn) await root.query('TRUNCATE performance_schema.events_statements_summary_by_digest');
  await root.end();
  if (row.isOn) return { server: given, stop: async () => {} };
  if (ownServerFolder() === undefined) return undefined;
  const own = await startOwnServer();
  own.crash();
  await own.restart(['--performance-schema=ON']);
  return { server: own, stop: own.stop };
}
