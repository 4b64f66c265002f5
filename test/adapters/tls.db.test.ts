import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { createInspectDatabase } from '../../src/adapters/mysql/inspect-database.ts';
import { usingCentralDatabase } from '../../src/adapters/prisma/central-database.ts';
import { createWiring } from '../../src/cli/wiring/create-wiring.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import type { ConnectionLogin } from '../../src/core/ports.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../support/certificates.ts';
import { startImpostor } from '../support/impostor.ts';
import { rejectionOf } from '../support/thrown-by.ts';
import { startTlsServer, type TlsServer } from '../support/tls-server.ts';

// The test starts a server, kills it and starts it again.
vi.setConfig({ hookTimeout: 180_000 });

let trusted: CertificateAuthority;
let stranger: CertificateAuthority;
let server: TlsServer;

beforeAll(async () => {
  trusted = await createCertificateAuthority();
  stranger = await createCertificateAuthority();
  server = await startTlsServer(await trusted.issue('DNS:localhost'));
  await migrateCentralLatest({ login: { ...server, host: 'localhost' }, tls: { ca: trusted.ca } });
});
afterAll(() => server?.stop());

type Connect = (login: ConnectionLogin, ca: string) => Promise<unknown>;

/** Connects as a migration does; resolves to the cipher that the server reports. */
const asTenant: Connect = async (login, ca) => {
  const tls = createTlsChooser({ mode: 'required', ca });
  return (await createInspectDatabase({ connectTimeoutMs: 5_000, tls })(login)).tls;
};
const byPrisma: Connect = (login, ca) =>
  usingCentralDatabase({ login, tls: { ca } }, ({ directory }) => directory.count({}));
const byKnex: Connect = (login, ca) => migrateCentralLatest({ login, tls: { ca } });

describe.each<[string, Connect, { readonly setting: string; readonly code: string }]>([
  ['a tenant', asTenant, { setting: 'dbHost', code: 'TlsUntrusted' }],
  [
    'the central database, read by Prisma',
    byPrisma,
    { setting: 'CENTRAL_DATABASE_URL', code: 'CentralDatabaseTlsFailed' },
  ],
  [
    'the central database, migrated by Knex',
    byKnex,
    { setting: 'CENTRAL_DATABASE_URL', code: 'CentralDatabaseTlsFailed' },
  ],
])('TLS to %s', (_, connect, { setting, code }) => {
  const connectTo = (host: string) => connect({ ...server, host }, trusted.ca);

  /** The error of a refused connection; no part of it may contain the password. */
  async function refusal(attempt: Promise<unknown>): Promise<FanfoldError> {
    const error = await rejectionOf(attempt);
    expect(error).toBeInstanceOf(FanfoldError);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(server.password);
    return error as FanfoldError;
  }

  it('TLS accepts a certificate of the given authority for the host name', async () => {
    await server.present(await trusted.issue('DNS:localhost'));
    await connectTo('localhost');
  });

  it('TLS accepts an IP address that the certificate names', async () => {
    await server.present(await trusted.issue('IP:127.0.0.1'));
    await connectTo('127.0.0.1');
  });

  it("TLS refuses a certificate for localhost, Node's fallback, at an IP address", async () => {
    await server.present(await trusted.issue('DNS:localhost,IP:127.0.0.2'));
    const error = await refusal(connectTo('127.0.0.1'));
    expect(error).toMatchObject({ code, retryable: false });
    expect(error.message).toContain('is for 127.0.0.2, and not for "127.0.0.1"');
  });

  it('TLS refuses a certificate for another name, and names it', async () => {
    await server.present(await trusted.issue('DNS:db.example.org,DNS:db2.example.org'));
    const error = await refusal(connectTo('localhost'));
    expect(error).toMatchObject({ code, retryable: false });
    expect(error.message).toMatch(
      /^The certificate of (the central database server at )?localhost:\d+ is for DNS:db\.example\.org, DNS:db2\.example\.org, and not for "localhost"\.$/,
    );
    expect(error.nextStep).toContain(setting);
  });

  it('TLS refuses a certificate of an unknown authority', async () => {
    await server.present(await stranger.issue('DNS:localhost'));
    const error = await refusal(connectTo('localhost'));
    expect(error).toMatchObject({ code, retryable: false });
    expect(error.message).toMatch(/localhost:\d+ was issued by an authority that is not trusted/);
    expect(error.nextStep).toContain('--ca <file>');
  });

  it('TLS refuses a certificate that has expired', async () => {
    await server.present(await trusted.issue('DNS:localhost', -1));
    const error = await refusal(connectTo('localhost'));
    expect(error).toMatchObject({ code, retryable: false });
    expect(error.message).toMatch(/localhost:\d+ has expired/);
    expect(error.nextStep).toMatch(/Renew it.*clock/);
  });

  it('TLS refuses a server without TLS', async () => {
    const plain = { ...server, host: 'localhost', port: server.plainPort };
    const error = await refusal(connect(plain, trusted.ca));
    expect(error.code).toBe(code === 'TlsUntrusted' ? 'TlsUnsupported' : code);
    expect(error.message).toMatch(/localhost:\d+ offers no TLS/);
    expect(error.nextStep).toContain('Enable TLS on the server');
  });

  it('TLS sends an impostor no password, whatever it requests', async () => {
    const impostor = await startImpostor(await stranger.issue('DNS:localhost'));
    onTestFinished(impostor.stop);
    const at = { ...server, host: 'localhost', port: impostor.port };
    expect(await refusal(connect(at, trusted.ca))).toMatchObject({ code });
    expect(impostor.heard()).not.toBe('');
    expect(impostor.heard()).not.toContain(server.user);
    expect(impostor.heard()).not.toContain(server.password);
  });
});

describe('--tls and --ca', () => {
  it('options of TLS apply to the tenants and to the central database', async () => {
    await server.present(await trusted.issue('IP:127.0.0.1'));
    const { host, port, user, password, database } = server;
    const url = `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
    const wiring = createWiring({ CENTRAL_DATABASE_URL: url });
    const count = (options: { tls: 'auto' | 'required'; ca?: string }) =>
      wiring.usingCentral(options, ({ directory }) => directory.count({}));
    expect(await count({ tls: 'required', ca: trusted.file })).toBe(0);
    expect(await rejectionOf(count({ tls: 'required', ca: stranger.file }))).toMatchObject({
      code: 'CentralDatabaseTlsFailed',
    });
    // A loopback address, which no other machine can intercept.
    expect(await count({ tls: 'auto' })).toBe(0);
  });

  it('options of TLS can be set in CENTRAL_DATABASE_URL, for the central database only', async () => {
    await server.present(await trusted.issue('IP:127.0.0.1'));
    const { host, port, user, password, database } = server;
    const count = (query: string, tls: 'auto' | 'required' | 'off' = 'auto') => {
      const url = `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?${query}`;
      return createWiring({ CENTRAL_DATABASE_URL: url }).usingCentral({ tls }, ({ directory }) =>
        directory.count({}),
      );
    };
    const ca = encodeURIComponent(trusted.file);
    const others = encodeURIComponent(stranger.file);
    expect(await count(`ssl-mode=VERIFY_IDENTITY&ssl-ca=${ca}`)).toBe(0);
    expect(await count(`sslaccept=strict&sslcert=${ca}&connection_limit=1`)).toBe(0);
    expect(await count('ssl-mode=DISABLED')).toBe(0);
    for (const [query, tls, code] of [
      // Without a trusted authority, "required" still applies.
      ['sslmode=require', 'auto', 'CentralDatabaseTlsFailed'],
      [`sslca=${others}`, 'auto', 'CentralDatabaseTlsFailed'],
      ['ssl-ca=/nowhere/ca.pem', 'auto', 'CaUnreadable'],
      ['ssl-mode=DISABLED', 'required', 'CentralDatabaseUrlInvalid'],
      ['ssl-mode=REQUIRED', 'off', 'CentralDatabaseUrlInvalid'],
    ] as const) {
      expect(await rejectionOf(count(query, tls)), `${query} ${tls}`).toMatchObject({ code });
    }
  });

  it("options of TLS encrypt a tenant's session", async () => {
    await server.present(await trusted.issue('DNS:localhost'));
    expect(await asTenant({ ...server, host: 'localhost' }, trusted.ca)).toMatch(/^TLSv1\.[23]$/);
  });
});
