import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createAdminSecrets, readShapeLogins } from '../../../src/adapters/aws/admin-secrets.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const mock = mockClient(SecretsManagerClient);
const client = new SecretsManagerClient({ region: 'eu-west-1' });
const PASSWORD = 'the-admins-passw0rd';

function secrets(texts: Readonly<Record<string, unknown>>): void {
  for (const [SecretId, text] of Object.entries(texts)) {
    mock
      .on(GetSecretValueCommand, { SecretId })
      .resolves({ SecretString: typeof text === 'string' ? text : JSON.stringify(text) });
  }
}

beforeEach(() => mock.reset());

describe('administrators’ logins in secrets', () => {
  it('logins of administrators are found in a secret for one server, for several servers, and for a named server', async () => {
    secrets({
      one: { username: 'a', password: PASSWORD, host: 'db1', port: 3307 },
      several: { db2: { user: 'b', password: PASSWORD }, 'db3:1': { user: 'c', password: 'x' } },
      named: { username: 'd', password: PASSWORD },
    });
    const { find } = createAdminSecrets(client, [
      { arn: 'named', server: { host: 'DB4', port: 3306 } },
      { arn: 'one' },
      { arn: 'several' },
    ]);
    expect(await find({ host: 'db1', port: 3307 })).toEqual({ user: 'a', password: PASSWORD });
    expect(await find({ host: 'DB2', port: 3306 })).toEqual({ user: 'b', password: PASSWORD });
    expect(await find({ host: 'db3', port: 1 })).toEqual({ user: 'c', password: 'x' });
    expect(await find({ host: 'db4', port: 3306 })).toEqual({ user: 'd', password: PASSWORD });
  });

  it('the secret of the administrators is read each time, so a rotated login takes effect', async () => {
    const { find } = createAdminSecrets(client, [{ arn: 'one' }]);
    const login = { username: 'a', password: 'old', host: 'db1' };
    secrets({ one: login });
    expect(await find({ host: 'db1', port: 3306 })).toMatchObject({ password: 'old' });
    secrets({ one: { ...login, password: 'new' } });
    expect(await find({ host: 'db1', port: 3306 })).toMatchObject({ password: 'new' });
  });

  it('logins for other servers are named, and secrets for other servers are not read', async () => {
    secrets({ one: { username: 'a', password: PASSWORD, host: 'db1' } });
    const { find } = createAdminSecrets(client, [
      { arn: 'named', server: { host: 'db4', port: 3306 } },
      { arn: 'one' },
    ]);
    const error = await rejectionOf(find({ host: 'db9', port: 3306 }));
    expect(error).toMatchObject({ code: 'AdminLoginMissing', fault: 'configuration' });
    expect(String(error)).toContain('db9:3306');
    expect(String(error)).toContain('db4:3306, db1:3306');
    expect(mock.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  it.each([
    `{"username":"a","password":"${PASSWORD}"`,
    JSON.stringify({ host: 'db1', password: PASSWORD }),
    JSON.stringify({ db1: { user: 'a', passwort: PASSWORD } }),
  ])('a secret that cannot be parsed is reported without its contents: %s', async (text) => {
    secrets({ one: text });
    const error = await rejectionOf(
      createAdminSecrets(client, [{ arn: 'one' }]).find({ host: 'db1', port: 3306 }),
    );
    expect(error).toMatchObject({ code: 'AdminLoginInvalid' });
    expect(String(error)).toContain('The secret one');
    expect(String(error)).not.toContain(PASSWORD);
  });
});

describe('logins in secrets that read shapes', () => {
  it('logins that read shapes are found by server in secrets of every form', async () => {
    secrets({
      one: { username: 'a', password: PASSWORD, host: 'db1', port: 3307 },
      several: { db2: { user: 'b', password: PASSWORD }, 'db3:1': { user: 'c', auth: 'iam' } },
      named: { username: 'd', password: PASSWORD },
    });
    const logins = await readShapeLogins(client, [
      { arn: 'named', server: { host: 'DB4', port: 3306 } },
      { arn: 'one' },
      { arn: 'several' },
    ]);
    expect([...logins.keys()].sort()).toEqual(['db1:3307', 'db2:3306', 'db3:1', 'db4:3306']);
    expect(logins.get('db4:3306')).toMatchObject({ user: 'd', password: PASSWORD });
    expect(logins.get('db3:1')).toMatchObject({ user: 'c', auth: 'iam' });
  });

  it('a secret for reading shapes that cannot be read or used is refused without its text', async () => {
    secrets({ bad: { username: 'a', password: PASSWORD } });
    const error = await rejectionOf(readShapeLogins(client, [{ arn: 'bad' }]));
    expect(error).toMatchObject({ code: 'AdminLoginInvalid' });
    expect(String(error)).not.toContain(PASSWORD);
    mock
      .on(GetSecretValueCommand, { SecretId: 'denied' })
      .rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    const denied = await rejectionOf(readShapeLogins(client, [{ arn: 'denied' }]));
    expect(String((denied as { nextStep?: string }).nextStep)).toContain('shapeSecrets');
  });
});
