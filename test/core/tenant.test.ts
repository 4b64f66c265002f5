import { expect, it } from 'vitest';
import { serverName, type Tenant, tenantRef } from '../../src/core/tenant.ts';

it('an address with IPv6 is written in brackets', () => {
  expect(serverName({ host: '::1', port: 3306 })).toBe('[::1]:3306');
  expect(serverName({ host: 'db1', port: 3306 })).toBe('db1:3306');
});

it('a tenant without a name is called by its slug', () => {
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
