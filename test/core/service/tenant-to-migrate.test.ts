import { describe, expect, it } from 'vitest';
import { fixedKeyRing } from '../../../src/core/encryption/key-ring.ts';
import { parseKeyRing } from '../../../src/core/encryption/parse-key-ring.ts';
import { createPasswordSealer } from '../../../src/core/encryption/password-sealer.ts';
import { type GivenRow, tenantToMigrate } from '../../../src/core/service/tenant-to-migrate.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const ring = fixedKeyRing(parseKeyRing('0123456789abcdef0123456789abcdef'));
const read = (given: unknown) => tenantToMigrate(given, () => ring);

function readRow(given: unknown): GivenRow {
  const row = read(given);
  if ('login' in row) throw new Error('It was taken for a login.');
  return row;
}

const ROW = { dbHost: 'db1', dbPort: 3307, dbName: 'acme', dbUser: 'app', dbPassword: 'aa:bb' };
const LOGIN = { host: 'db1', database: 'acme', user: 'app', password: 's3cret' };

describe('a tenant that a service hands in', () => {
  it.each([
    [3307, 3307],
    ['3307', 3307],
    [3307n, 3307],
    [null, 3306],
    [undefined, 3306],
  ])('a tenant of a service may have the port %s', (dbPort, port) => {
    expect(readRow({ ...ROW, dbPort }).tenant.address.port).toBe(port);
    expect(read({ ...LOGIN, port: dbPort })).toMatchObject({ login: { port } });
  });

  it('a tenant of a service may have columns that are not needed, even those of a login', () => {
    const { tenant } = readRow({
      ...ROW,
      id: 7n,
      slug: 'a',
      host: 9,
      user: {},
      createdAt: new Date(),
    });
    expect(tenant).toMatchObject({ id: '7', slug: 'a', address: { host: 'db1', user: 'app' } });
  });

  it.each(['v1', 'v2'] as const)(
    'the password of a tenant of a service is decrypted for its row (%s)',
    async (format) => {
      const address = { host: 'db1', port: 3307, database: 'acme', user: 'app' };
      const sealer = createPasswordSealer(ring, format);
      const dbPassword = await sealer.seal({ id: '7', address }, 's3cret');
      const { tenant, passwords } = readRow({ ...ROW, id: 7, dbPassword });
      expect(await passwords.open(tenant)).toBe('s3cret');
    },
  );

  it('a tenant of a service keeps the password of a login as it is, and asks for no key', () => {
    const given = tenantToMigrate({ ...LOGIN, password: '' }, () => {
      throw new Error('There is no key.');
    });
    expect(given).toEqual({ login: { ...LOGIN, port: 3306, password: '' } });
  });

  it('a tenant of a service may log in by IAM, without a password', () => {
    const { password: _, ...address } = { ...LOGIN };
    const given = tenantToMigrate({ ...address, auth: 'iam' }, () => {
      throw new Error('There is no key.');
    });
    expect(given).toEqual({ login: { ...address, port: 3306, password: '', auth: 'iam' } });
  });

  it('a tenant of a service is migrated by its migration user if it has one', () => {
    const login = { migrationUser: 'mig', migrationPassword: 'cc:dd' };
    expect(readRow({ ...ROW, ...login }).tenant.migrationLogin).toEqual({
      user: 'mig',
      encryptedPassword: 'cc:dd',
    });
    expect(readRow({ ...ROW, migrationUser: null, migrationPassword: null }).tenant).toMatchObject({
      migrationLogin: undefined,
    });
  });

  it.each([
    [undefined, 'The tenant is undefined.'],
    [null, 'The tenant is null.'],
    ['acme', 'The tenant is a string.'],
    [[ROW], 'The tenant is an array.'],
    [{}, '"host" is undefined'],
    [{ ...ROW, dbHost: undefined }, '"dbHost" is undefined; it must be a text.'],
    [{ ...ROW, dbName: '' }, '"dbName" is empty'],
    [{ ...ROW, dbUser: ' ' }, '"dbUser" is " "'],
    [{ ...ROW, dbHost: 7 }, '"dbHost" is 7'],
    [{ ...ROW, dbPort: 'x' }, '"dbPort" is "x"; it must be a port from 1 to 65535.'],
    [{ ...ROW, dbPort: 0 }, '"dbPort" is 0'],
    [{ ...ROW, dbPort: 65_536n }, '"dbPort" is 65536'],
    [{ ...ROW, dbPort: 3306.5 }, '"dbPort" is 3306.5'],
    [{ ...ROW, dbPassword: null }, '"dbPassword" is null; it must be the ciphertext'],
    [{ ...ROW, dbPassword: Buffer.from('s3cret') }, '"dbPassword" is an object'],
    [{ ...ROW, id: {} }, '"id" is an object'],
    [{ ...ROW, migrationUser: 'mig' }, '"migrationPassword" is undefined'],
    [{ ...LOGIN, password: undefined }, '"password" is undefined; it must be the password'],
    [{ ...LOGIN, password: 12_345 }, '"password" is a number'],
    [{ ...LOGIN, database: 1 }, '"database" is 1'],
    [{ ...LOGIN, auth: 'iam' }, '"password" is given beside "auth": "iam"'],
    [{ ...LOGIN, auth: 'ldap' }, '"auth" is "ldap"; it must be "password" or "iam"'],
  ])('%o is refused with the field', (given, message) => {
    const error = thrownBy(() => read(given));
    expect(error).toMatchObject({ code: 'TenantLoginInvalid', fault: 'usage' });
    expect(String(error)).toContain(message);
    expect(String(error)).not.toMatch(/s3cret|12345|aa:bb/);
  });

  it('a tenant of a service is refused with all of its problems at once', () => {
    expect(String(thrownBy(() => read({ dbPassword: '' }))).split('\n')).toHaveLength(4);
  });
});
