import { expect, it } from 'vitest';
import { checkAddress } from '../../../src/core/migrate/check-address.ts';

const ADDRESS = { host: 'db1', port: 3306, database: 'acme_db', user: 'acme' };

it('lets an address pass that says where to go', () => {
  expect(() => checkAddress(ADDRESS)).not.toThrow();
});

it.each([
  [{ host: '' }, 'The tenant has no dbHost.'],
  [{ database: '' }, 'The tenant has no dbName.'],
  [{ user: '', host: '' }, 'The tenant has no dbHost, no dbUser.'],
])('names what is empty: %j', (part, message) => {
  expect(() => checkAddress({ ...ADDRESS, ...part })).toThrow(message);
});
