import { randomBytes, randomUUID } from 'node:crypto';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { EncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { send, usingConnection } from '../connection.ts';
import { FIVE_TABLES } from '../tenant-migrations.ts';
import { knexInstance } from '../ways/knex-instance.ts';
import type { Ground, ProvisioningWay } from './provisioning-way.ts';

/**
 * A service in a loop, as the guide has it: a row, a database, a user, its rights, `migrate.latest()` by
 * plain Knex, and the row as ACTIVE. Nothing is checked, fenced, cleaned up or resumed, and the
 * central database is asked without Prisma, which makes it faster than the guide's own.
 */
export function guideWay(): ProvisioningWay {
  return {
    name: 'guide',
    title: "sequential, Knex (the guide's way)",
    concurrency: 1,
    async make(names, ground, signal) {
      const key = new EncryptionKey(randomBytes(32));
      for (const name of names) {
        signal.throwIfAborted();
        await makeTenant(name, key, ground);
      }
    },
  };
}

async function makeTenant(
  name: string,
  key: EncryptionKey,
  { server, central }: Ground,
): Promise<void> {
  const id = randomUUID();
  const password = randomBytes(32).toString('base64url');
  const row = [id, name, name, server.host, server.port, name, name];
  await usingConnection(server, central, async (connection) => {
    await send(
      connection,
      "INSERT INTO tenants (id, slug, name, dbHost, dbPort, dbName, dbUser, dbPassword, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'PROVISIONING')",
      [...row, encryptPasswordV1(key, password)],
    );
    await send(connection, `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`);
    await send(connection, `CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`);
    await send(connection, `GRANT ALL ON \`${name}\`.* TO '${name}'@'%'`);
  });
  const knex = knexInstance({ ...server, user: name, password }, name, FIVE_TABLES);
  try {
    await knex.migrate.latest();
  } finally {
    await knex.destroy();
  }
  await usingConnection(server, central, async (connection) => {
    await send(connection, "UPDATE tenants SET status = 'ACTIVE' WHERE id = ?", [id]);
  });
}
