import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './certificates.ts';
import { createDatabase } from './database.ts';
import { interposeBefore } from './interposed.ts';
import { startOwnServer } from './own-server.ts';
import { testServer } from './server.ts';

/** A real server that offers TLS, with a database and its user. */
export interface TlsServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** A port at which there is no TLS. */
  readonly plainPort: number;
  /** Has it show another certificate from now on. */
  present(certificate: Certificate): Promise<void>;
  stop(): Promise<void>;
}

/**
 * MySQL and MariaDB 11 make themselves a certificate, so the server of the tests is taken, with one of
 * ours in front. MariaDB 10 offers TLS only if it is started with a certificate: a server of the
 * test's own.
 */
export function startTlsServer(certificate: Certificate): Promise<TlsServer> {
  return testServer().isEmbedded ? ownServer(certificate) : interposed(certificate);
}

async function interposed(certificate: Certificate): Promise<TlsServer> {
  const { database, user, password, host, port } = await createDatabase('tls');
  const front = await interposeBefore({ host, port });
  front.present(certificate);
  const plain = await interposeBefore({ host, port });
  return {
    host: front.host,
    port: front.port,
    plainPort: plain.port,
    database,
    user,
    password,
    present: async (next) => front.present(next),
    async stop() {
      front.stop();
      plain.stop();
    },
  };
}

async function ownServer(certificate: Certificate): Promise<TlsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-tls-'));
  const file = (kind: keyof Certificate) => join(folder, `${kind}.pem`);
  const write = async (shown: Certificate) => {
    for (const kind of ['cert', 'key'] as const) {
      await writeFile(`${file(kind)}.new`, shown[kind], { mode: 0o600 });
      await rename(`${file(kind)}.new`, file(kind));
    }
  };
  await write(certificate);
  const server = await startOwnServer();
  server.crash();
  await server.restart([`--ssl-cert=${file('cert')}`, `--ssl-key=${file('key')}`]);
  const root = await server.connection();
  await root.query('CREATE DATABASE tls_tenant');
  await root.query("CREATE USER tls_tenant IDENTIFIED BY 'only-over-TLS'");
  await root.query('GRANT ALL ON `tls\\_tenant`.* TO tls_tenant');
  const { host, port } = server;
  return {
    host,
    port,
    plainPort: testServer().port,
    database: 'tls_tenant',
    user: 'tls_tenant',
    password: 'only-over-TLS',
    async present(next) {
      await write(next);
      // The one is MariaDB's; where the machine has MySQL's server it is the other.
      await root.query('FLUSH SSL').catch(() => root.query('ALTER INSTANCE RELOAD TLS'));
    },
    async stop() {
      root.destroy();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
