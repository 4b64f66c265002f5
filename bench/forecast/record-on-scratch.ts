import { randomBytes } from 'node:crypto';
import type { ConnectionOptions } from '../../src/adapters/mysql/connection/connection.ts';
import { connectToScratchServer } from '../../src/adapters/mysql/scratch-server.ts';
import type { Bundle } from '../../src/core/bundle/bundle.ts';
import { recordBundle } from '../../src/core/safety/record-bundle.ts';
import type { Recording } from '../../src/core/safety/recording.ts';
import { send, usingConnection } from '../connection.ts';
import { PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';

/** Records migrations in an empty database of the measured server, with a login that sees no other one. */
export async function recordOnScratch(
  login: ServerLogin,
  bundle: Bundle,
  connecting: ConnectionOptions,
): Promise<Recording> {
  const name = `${PREFIX}scratch`;
  const password = randomBytes(12).toString('hex');
  await usingConnection(login, undefined, async (connection) => {
    await send(connection, `DROP DATABASE IF EXISTS ${name}`);
    await send(connection, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    await send(connection, `DROP USER IF EXISTS '${name}'@'%'`);
    await send(connection, `CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`);
    await send(connection, `GRANT ALL ON \`${name.replaceAll('_', '\\_')}\`.* TO '${name}'@'%'`);
    await send(connection, `GRANT PROCESS ON *.* TO '${name}'@'%'`);
  });
  const { host, port } = login;
  const scratch = await connectToScratchServer(
    { host, port, user: name, password, database: name },
    { ...connecting, source: 'the bench' },
  );
  const recording = await recordBundle(bundle, scratch);
  if (recording.failure !== undefined) throw new Error(recording.failure.message);
  return recording;
}
