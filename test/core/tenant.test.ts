import { expect, it } from 'vitest';
import { serverName, type Tenant, tenantRef } from '../../src/core/tenant.ts';

it('writes an IPv6 address in brackets', () => {
  expect(serverName({ host: '::1', port: 3306 })).toBe('[::1]:3306');
  expect(serverName({ host: 'db1', port: 3306 })).toBe('db1:3306');
});

it('calls a tenant without a name by its slug', () => {
  const address = { host: 'db1', port: 3306, database: 'acme_db', user: 'acme' };
  const tenant = { id: '1', slug: 'acme', name: ' ', address } as Tenant;
  expect(tenantRef(tenant)).toEqual({
    id: '1',
    slug: 'acme',
    name: 'acme',
    database: 'acme_db',
    host: 'db1:3306',
  });
});
