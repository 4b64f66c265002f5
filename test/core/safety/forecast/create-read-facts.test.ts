import { expect, test } from 'vitest';
import { FanfoldError } from '../../../../src/core/errors.ts';
import { createReadFacts } from '../../../../src/core/safety/forecast/create-read-facts.ts';
import type { ReadTenantFacts } from '../../../../src/core/safety/forecast/tenant-facts.ts';
import type { Tenant } from '../../../../src/core/tenant.ts';
import { tenantNamed } from '../tenant-named.ts';
import { factsOf, tableOf } from './forecasting.ts';

const passwords = { open: async () => 'secret-word' };
test('the facts about a tenant are read with its opened login', async () => {
  const logins: object[] = [];
  const facts = factsOf([tableOf('t', 1)]);
  const read: ReadTenantFacts = async (login, tables) => {
    logins.push({ user: login.user, password: login.password, tables });
    return facts;
  };
  const result = await createReadFacts({ read, passwords })(tenantNamed('a'), ['t']);
  expect(result).toEqual({ status: 'read', facts });
  expect(logins).toEqual([{ user: 'migrator', password: 'secret-word', tables: ['t'] }]);
});

test('facts that cannot be read are a failure without the password', async () => {
  const read: ReadTenantFacts = async () => {
    throw new Error('secret-word is wrong');
  };
  const result = await createReadFacts({ read, passwords })(tenantNamed('a'), ['t']);
  expect(result).toMatchObject({
    status: 'failed',
    failure: { message: 'Error: [secret] is wrong' },
  });
});

test('tenants of one server that does not answer fail by one cause, and those of others by another', async () => {
  const read: ReadTenantFacts = async ({ host }) => {
    throw new FanfoldError('ConnectionRefused', `${host} refuses`, {
      fault: 'tenant',
      nextStep: '',
      retryable: true,
    });
  };
  const causeOf = async (tenant: Tenant) => {
    const result = await createReadFacts({ read, passwords })(tenant, []);
    return result.status === 'failed' && result.failure.fingerprint;
  };
  const [one, two] = [tenantNamed('a'), tenantNamed('b')];
  const away = { ...two, address: { ...two.address, host: 'db2' } };
  expect(await causeOf(one)).toBe(await causeOf(two));
  expect(await causeOf(one)).not.toBe(await causeOf(away));
});

test('a password that cannot be opened is a failure, and the database is not asked', async () => {
  let asked = 0;
  const read: ReadTenantFacts = async () => {
    asked += 1;
    return factsOf([]);
  };
  const closed = {
    open: async () => {
      throw new FanfoldError('PasswordWrongKey', 'no', { fault: 'tenant', nextStep: '' });
    },
  };
  expect(await createReadFacts({ read, passwords: closed })(tenantNamed('a'), [])).toMatchObject({
    status: 'failed',
    failure: { code: 'PasswordWrongKey' },
  });
  expect(asked).toBe(0);
});
