import tls, { type TLSSocket } from 'node:tls';
import type { Connection } from 'mysql2';
import { afterEach, expect, it } from 'vitest';
import { usingProxy } from '../../../bench/network/using-proxy.ts';
import { usingConnection } from '../../../src/adapters/mysql/connection/connection.ts';
import { createDatabase } from '../../support/database.ts';
import { testServer } from '../../support/server.ts';

const chosen = tls.DEFAULT_ECDH_CURVE;

afterEach(() => {
  tls.DEFAULT_ECDH_CURVE = chosen;
});

/** The name of the curve of the keys of a new connection. */
async function curveOf(port: number): Promise<string | undefined> {
  const { database, user, password } = await login;
  // A new object, because mysql2 keeps a TLS context for each.
  const options = { connectTimeoutMs: 10_000, tls: () => ({ rejectUnauthorized: false }) };
  const to = { host: '127.0.0.1', port, user, password, database };
  return usingConnection(to, options, async (connection) => {
    const { stream } = connection as Connection & { stream: TLSSocket };
    return (stream.getEphemeralKeyInfo() as tls.EphemeralKeyInfo | null)?.name;
  });
}

const login = createDatabase('curves');

// The embedded MariaDB 10 has no certificate.
it.skipIf(testServer().isEmbedded)(
  'a connection by TLS begins with P-256, which costs one round trip, and no other connection of the process does',
  async () => {
    await usingProxy(testServer(), 2, async (proxied) => {
      expect(await curveOf(proxied.login.port)).toBe('prime256v1');
      // MySQL asks a user's first login for the password, which takes another one.
      const { trips } = await proxied.counts();
      expect(await curveOf(proxied.login.port)).toBe('prime256v1');
      expect((await proxied.counts()).trips - trips).toBe(4);
      expect(tls.DEFAULT_ECDH_CURVE).toBe('auto');
    });
  },
);

it.skipIf(testServer().isEmbedded)('a curve that the process has chosen is kept', async () => {
  tls.DEFAULT_ECDH_CURVE = 'P-384';

  expect(await curveOf(testServer().port)).toBe('secp384r1');
});
