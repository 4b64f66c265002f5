import { expect, it } from 'vitest';
import { createFindReplicas, replicaLogin } from '../../../src/core/replicas/find-replicas.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const HOSTS = {
  'DB1.internal:3306': ['r1.internal', 'r2.internal:3307'],
  'db2.internal': ['[2001:db8::7]:3306'],
  '[2001:db8::1]:3310': ['2001:db8::2'],
};

it.each([
  ['db1.internal', 3306, ['r1.internal:3306', 'r2.internal:3307']],
  ['DB1.INTERNAL', 3306, ['r1.internal:3306', 'r2.internal:3307']],
  // Another server on the same machine.
  ['db1.internal', 3307, []],
  ['db2.internal', 3399, ['2001:db8::7:3306']],
  ['2001:db8::1', 3310, ['2001:db8::2:3306']],
  ['db3.internal', 3306, []],
])('finds the replicas of %s:%d', (host, port, expected) => {
  const found = createFindReplicas({ hosts: HOSTS })({ host, port });
  expect(found.map((each) => `${each.host}:${each.port}`)).toEqual(expected);
});

it('takes the password from the environment, and names the variable that is missing', () => {
  const config = { hosts: HOSTS, user: 'lag', passwordEnv: 'REPLICA_PASSWORD' };
  const env = { REPLICA_PASSWORD: 'hush' };
  expect(replicaLogin(config, env)).toEqual({ user: 'lag', password: 'hush' });
  expect(replicaLogin({ ...config, auth: 'iam' }, {})).toMatchObject({ user: 'lag', auth: 'iam' });
  expect(thrownBy(() => replicaLogin(config, {}))).toMatchObject({
    code: 'ConfigInvalid',
    message: 'replicas.passwordEnv names the variable REPLICA_PASSWORD, which is not set.',
  });
});
