import { describe, expect, it } from 'vitest';
import { connectError } from '../../../src/adapters/mysql/connection/connect-error.ts';
import { centralConnectError } from '../../../src/adapters/server/central-database-error.ts';
import {
  type ConnectTrouble,
  connectTroubleOf,
  type DriverFacts,
} from '../../../src/adapters/server/connect-trouble.ts';
import { isConnectionLost } from '../../../src/adapters/server/connection-lost.ts';

const ADDRESS = { host: 'db1', port: 3306, database: 'acme', user: 'acme' };

/** A driver's error, its meaning, and its error codes for a tenant and for the central database. */
type Row = readonly [
  facts: Partial<DriverFacts>,
  trouble: ConnectTrouble,
  tenant: string,
  central: string,
  retryable: boolean,
];

describe('a connection that cannot be made', () => {
  it.each<Row>([
    [{ code: 'ENOTFOUND' }, 'host unknown', 'HostNotFound', 'CentralDatabaseUnreachable', false],
    [
      { code: 'EAI_AGAIN' },
      'name server silent',
      'HostNotFound',
      'CentralDatabaseUnreachable',
      true,
    ],
    [{ code: 'ECONNREFUSED' }, 'refused', 'ConnectionRefused', 'CentralDatabaseUnreachable', true],
    [{ code: 'ETIMEDOUT' }, 'timed out', 'ConnectionTimedOut', 'CentralDatabaseUnreachable', true],
    [
      { code: 'EHOSTUNREACH' },
      'timed out',
      'ConnectionTimedOut',
      'CentralDatabaseUnreachable',
      true,
    ],
    [{ errno: 45_012 }, 'timed out', 'ConnectionTimedOut', 'CentralDatabaseUnreachable', true],
    [{ errno: 1045 }, 'access denied', 'AccessDenied', 'CentralDatabaseAccessDenied', false],
    [{ errno: 1698 }, 'access denied', 'AccessDenied', 'CentralDatabaseAccessDenied', false],
    [
      { errno: 1044 },
      'database denied',
      'DatabaseAccessDenied',
      'CentralDatabaseAccessDenied',
      false,
    ],
    [{ errno: 1049 }, 'database missing', 'DatabaseMissing', 'CentralDatabaseMissing', false],
    [
      { errno: 1040 },
      'no connection to spare',
      'TooManyConnections',
      'CentralDatabaseUnreachable',
      true,
    ],
    [
      { errno: 1203 },
      'no connection to spare',
      'TooManyConnections',
      'CentralDatabaseUnreachable',
      true,
    ],
    [
      { errno: 1226 },
      'no connection to spare',
      'TooManyConnections',
      'CentralDatabaseUnreachable',
      true,
    ],
    [
      { errno: 1135 },
      'no connection to spare',
      'TooManyConnections',
      'CentralDatabaseUnreachable',
      true,
    ],
    [{ errno: 1129 }, 'host not allowed', 'HostNotAllowed', 'CentralDatabaseUnreachable', false],
    [{ errno: 1130 }, 'host not allowed', 'HostNotAllowed', 'CentralDatabaseUnreachable', false],
    [{ errno: 3118 }, 'account locked', 'AccountLocked', 'CentralDatabaseAccessDenied', false],
    [{ errno: 4151 }, 'account locked', 'AccountLocked', 'CentralDatabaseAccessDenied', false],
    [{ errno: 3955 }, 'account locked', 'AccountLocked', 'CentralDatabaseAccessDenied', false],
    [{ errno: 4150 }, 'account locked', 'AccountLocked', 'CentralDatabaseAccessDenied', false],
    [{ errno: 1862 }, 'account locked', 'AccountLocked', 'CentralDatabaseAccessDenied', false],
    [{ errno: 3159 }, 'tls required', 'TlsRequired', 'CentralDatabaseTlsFailed', false],
    // Messages of PlanetScale and of Azure's single servers.
    [
      {
        errno: 1105,
        words:
          'unknown error: Code: UNAVAILABLE server does not allow insecure connections, client must use SSL/TLS',
      },
      'tls required',
      'TlsRequired',
      'CentralDatabaseTlsFailed',
      false,
    ],
    [
      { errno: 9002, words: 'SSL connection is required. Please specify SSL options and retry.' },
      'tls required',
      'TlsRequired',
      'CentralDatabaseTlsFailed',
      false,
    ],
    [{ errno: 3032 }, 'offline', 'ServerReadOnly', 'CentralDatabaseUnreachable', true],
    [{ errno: 6400 }, 'offline', 'ServerReadOnly', 'CentralDatabaseUnreachable', true],
    [{ errno: 1047 }, 'not ready', 'ServerNotReady', 'CentralDatabaseUnreachable', true],
    [{ errno: 1053 }, 'not ready', 'ServerNotReady', 'CentralDatabaseUnreachable', true],
    [
      { errno: 1251 },
      'login method unknown',
      'LoginMethodUnsupported',
      'CentralDatabaseAccessDenied',
      false,
    ],
    [
      { code: 'AUTH_SWITCH_PLUGIN_ERROR' },
      'login method unknown',
      'LoginMethodUnsupported',
      'CentralDatabaseAccessDenied',
      false,
    ],
    [
      { errno: 45_025 },
      'login method unknown',
      'LoginMethodUnsupported',
      'CentralDatabaseAccessDenied',
      false,
    ],
    [
      { code: 'HANDSHAKE_NO_SSL_SUPPORT', words: 'Server does not support secure connection' },
      'tls',
      'TlsUnsupported',
      'CentralDatabaseTlsFailed',
      false,
    ],
    [
      { errno: 45_023, words: 'ssl not enabled in the server' },
      'tls',
      'TlsUnsupported',
      'CentralDatabaseTlsFailed',
      false,
    ],
    [
      { code: 'HANDSHAKE_SSL_ERROR', words: 'self-signed certificate in certificate chain' },
      'tls',
      'TlsUntrusted',
      'CentralDatabaseTlsFailed',
      false,
    ],
    [
      { code: 'CERT_HAS_EXPIRED', words: 'certificate has expired' },
      'tls',
      'TlsUntrusted',
      'CentralDatabaseTlsFailed',
      false,
    ],
    [
      { code: 'HANDSHAKE_SSL_ERROR', words: 'read ECONNRESET' },
      'lost',
      'ConnectionLost',
      'CentralDatabaseUnreachable',
      true,
    ],
    [{ code: 'ECONNRESET' }, 'lost', 'ConnectionLost', 'CentralDatabaseUnreachable', true],
    [
      { code: 'PROTOCOL_CONNECTION_LOST', fatal: true },
      'lost',
      'ConnectionLost',
      'CentralDatabaseUnreachable',
      true,
    ],
    [{ errno: 45_009 }, 'lost', 'ConnectionLost', 'CentralDatabaseUnreachable', true],
    [
      { errno: 1105, words: 'whatever else' },
      'other',
      'ConnectionFailed',
      'CentralDatabaseUnreachable',
      false,
    ],
  ])(
    'a connection that cannot be made is classified in the same way for all drivers: %j',
    (partial, trouble, tenant, central, retryable) => {
      const facts = { words: 'words of the driver', ...partial };
      expect(connectTroubleOf(facts)).toBe(trouble);
      const { words, ...error } = facts;
      const ofTenant = connectError({ ...error, message: words }, ADDRESS);
      expect(ofTenant).toMatchObject({ code: tenant, retryable, fault: 'tenant' });
      expect(ofTenant.nextStep).toMatch(/\w/);
      expect(centralConnectError(facts, ADDRESS)).toMatchObject({
        code: central,
        fault: 'configuration',
      });
    },
  );

  it.each([
    ['a server that takes none without TLS', { errno: 3159 }, true],
    ['an account that requires TLS, on a connection without', { errno: 1045 }, false],
  ])('the next step names --tls required for %s', (_what, error, encrypted) => {
    expect(connectError(error, ADDRESS, encrypted).nextStep).toContain('--tls required');
  });

  it('the next step does not name TLS if the connection used it', () => {
    const { message, nextStep } = connectError({ errno: 1045 }, ADDRESS, true);
    expect(`${message} ${nextStep}`).not.toContain('TLS');
  });
});

describe('a connection that is lost', () => {
  it.each([
    [{ code: 'PROTOCOL_CONNECTION_LOST' }],
    [{ code: 'ECONNRESET' }],
    [{ fatal: true }],
    [{ errno: 1053 }],
    [{ errno: 1158 }],
    [{ errno: 1159 }],
    [{ errno: 1160 }],
    [{ errno: 1161 }],
    [{ errno: 1927 }],
    [{ errno: 3169 }],
    [
      {
        errno: 4031,
        sqlMessage:
          'The client was disconnected by the server because of inactivity. See wait_timeout.',
      },
    ],
    [{ errno: 45_009 }],
  ])('a lost connection is recognized in %j', (error) => {
    expect(isConnectionLost(error)).toBe(true);
  });

  it.each([
    [undefined],
    [{ errno: 1205 }],
    [{ errno: 1317 }],
    // MariaDB's number for a missing trigger in FOLLOWS or PRECEDES.
    [
      {
        errno: 4031,
        sqlMessage:
          "Referenced trigger 't' for the given action time and event type does not exist",
      },
    ],
  ])('a lost connection is not assumed for %j', (error) => {
    expect(isConnectionLost(error)).toBe(false);
  });
});
