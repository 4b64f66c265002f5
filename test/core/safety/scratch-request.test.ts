import { expect, test } from 'vitest';
import { refuseTenantDatabase } from '../../../src/core/safety/refuse-tenant.ts';
import {
  checkScratchServer,
  parseScratchUrl,
  parseWantedServer,
} from '../../../src/core/safety/scratch-request.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { tenantOf } from '../../support/migrating.ts';
import { rejectionOf, thrownBy } from '../../support/thrown-by.ts';

test('the URL of a scratch server names a server, and an empty database if wanted', () => {
  expect(parseScratchUrl('mysql://root:p%40ss@db:3307', '--scratch-url')).toEqual({
    host: 'db',
    port: 3307,
    user: 'root',
    password: 'p@ss',
    database: '',
  });
  expect(parseScratchUrl('mariadb://me@[::1]/a%20b', '--scratch-url').database).toBe('a b');
});

test.each([
  'postgres://me:hush@db',
  'mysql://me:hush@',
  'mysql://me:hush@db/a/b',
  'mysql://me:hush@db/a?ssl=true',
  'mysql://:hush@db',
  'mysql://me:hush@db/%zz',
  'hush',
])('the URL %s is refused without a word of its password', (url) => {
  const error = thrownBy(() => parseScratchUrl(url, '--scratch-url'));
  expect(error).toMatchObject({ code: 'ScratchUrlInvalid' });
  expect(JSON.stringify([String(error), error])).not.toContain('hush');
});

test('a server is named by its flavour and the beginning of its version', () => {
  const mysql = {
    product: 'MySQL',
    isMariaDb: false,
    version: '9.7.4',
    number: 9_007_004,
    lowerCaseTableNames: 0 as const,
  };
  const check = (text: string) => checkScratchServer(mysql, parseWantedServer(text), 'here');
  for (const text of ['mysql', 'mysql:9', 'MySQL:9.7', 'mysql:9.7.4'])
    expect(() => check(text)).not.toThrow();
  for (const text of ['mariadb', 'mysql:8', 'mysql:9.6', 'mysql:9.7.5'])
    expect(() => check(text)).toThrow(`is MySQL 9.7.4, and ${text} was requested`);
  for (const text of ['oracle', 'mysql:', 'mysql:9.x', 'mysql 9', '9'])
    expect(parseWantedServer(text)).toBeUndefined();
});

test('a scratch database that has the name of a tenant is refused, whatever the status and the host', async () => {
  const login = { host: 'db1', port: 3306, user: 'x', password: 'x' };
  const tenant: Tenant = { ...tenantOf({ ...login, database: 'Acme' }), status: 'ARCHIVED' };
  const directory = {
    async *listIds({ status }: { status?: string | undefined }) {
      if (status === tenant.status) yield tenant.id;
    },
    findByIds: async () => [tenant],
  };
  const at = (database: string) =>
    refuseTenantDatabase({ database, host: 'localhost', port: 3307 }, directory);
  expect(await rejectionOf(at('acme'))).toMatchObject({ code: 'ScratchIsTenant' });
  await at('scratch');
  await at('');
});
