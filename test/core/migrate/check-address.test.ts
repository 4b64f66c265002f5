import { expect, it } from 'vitest';
import { checkAddress } from '../../../src/core/migrate/check-address.ts';

const ADDRESS = { host: 'db1', port: 3306, database: 'acme_db', user: 'acme' };

it('checkAddress accepts a complete address', () => {
  expect(() => checkAddress(ADDRESS)).not.toThrow();
});

it.each([
  [{ host: '' }, 'The tenant has no dbHost.'],
  [{ database: '' }, 'The tenant has no dbName.'],
  [{ user: '', host: '' }, 'The tenant has no dbHost, no dbUser.'],
])('checkAddress names empty fields: %j', (part, message) => {
  expect(() => checkAddress({ ...ADDRESS, ...part })).toThrow(message);
});
