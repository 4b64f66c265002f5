import { describe, expect, it } from 'vitest';
import { parseCentralDatabaseSecret } from '../../../src/core/central/central-database-secret.ts';
import type { CentralPlace } from '../../../src/core/central/central-place.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const SECRET = {
  engine: 'mysql',
  username: 'fanfold',
  password: 's3cret"\\',
  host: 'central.example.com',
  port: 3307,
  dbname: 'central',
  dbInstanceIdentifier: 'central-1',
};
const parse = (value: unknown, place?: CentralPlace) =>
  parseCentralDatabaseSecret(
    typeof value === 'string' ? value : JSON.stringify(value),
    'It',
    place,
  );
const LOGIN = {
  host: 'central.example.com',
  port: 3306,
  database: 'central',
  user: 'fanfold',
  password: 's3cret',
};

describe('parseCentralDatabaseSecret', () => {
  it('parseCentralDatabaseSecret reads what RDS writes', () => {
    const login = {
      host: 'central.example.com',
      port: 3307,
      database: 'central',
      user: 'fanfold',
      password: 's3cret"\\',
    };
    expect(parse(SECRET)).toEqual(login);
    expect(parse({ ...SECRET, port: '3307' })).toEqual(login);
    expect(parse({ ...SECRET, port: undefined })).toEqual({ ...login, port: 3306 });
  });

  it.each([
    [
      'Laravel',
      {
        DB_USERNAME: 'fanfold',
        DB_PASSWORD: 's3cret',
        DB_HOST: LOGIN.host,
        DB_DATABASE: 'central',
        DB_PORT: '3306',
      },
    ],
    [
      'Terraform',
      {
        DB_USERNAME: 'fanfold',
        DB_PASSWORD: 's3cret',
        DB_HOST: LOGIN.host,
        DB_NAME: 'central',
        DB_PORT: 3306,
      },
    ],
    [
      'the image of MySQL',
      {
        MYSQL_USER: 'fanfold',
        MYSQL_PASSWORD: 's3cret',
        MYSQL_HOST: LOGIN.host,
        MYSQL_DATABASE: 'central',
        MYSQL_ROOT_PASSWORD: 'x',
      },
    ],
    ['people', { Username: 'fanfold', Password: 's3cret', Host: LOGIN.host, Database: 'central' }],
    [
      'others',
      {
        DATABASE_USER: 'fanfold',
        DATABASE_PASS: 's3cret',
        DATABASE_HOSTNAME: LOGIN.host,
        DATABASE_NAME: 'central',
      },
    ],
    [
      'an application beside AWS',
      { ...LOGIN, user: 'fanfold', DB_HOST: 'elsewhere', DB_USERNAME: 'other' },
    ],
  ])('parseCentralDatabaseSecret reads the names of %s', (_, secret) => {
    expect(parse(secret)).toEqual(LOGIN);
  });

  it('parseCentralDatabaseSecret refuses two names of one member that differ, and a URL, without showing them', () => {
    const two = {
      ...LOGIN,
      host: undefined,
      DB_HOST: 'a.example.com',
      MYSQL_HOST: 'b.example.com',
    };
    expect(String(thrownBy(() => parse(two)))).toContain('has two values of "host"');
    const url = thrownBy(() => parse('mysql://fanfold:s3cret@central.example.com/central'));
    expect(url).toMatchObject({
      code: 'CentralDatabaseSecretInvalid',
      message: 'It is a URL and not JSON.',
    });
  });

  // As AWS and people write secrets: documentation, rotation templates, the CDK, Terraform, RDS itself.
  it.each<[string, Record<string, unknown>, CentralPlace | undefined]>([
    [
      'of a rotation with one user',
      {
        engine: 'mysql',
        host: 'central.example.com',
        username: 'fanfold',
        password: 's3cret',
        dbname: 'central',
        port: '3306',
      },
      undefined,
    ],
    [
      'of a rotation with alternating users',
      {
        engine: 'mariadb',
        host: 'central.example.com',
        username: 'fanfold',
        password: 's3cret',
        dbname: 'central',
        masterarn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:master-a1b2c3',
      },
      undefined,
    ],
    [
      'of the CDK for an instance without a database',
      {
        dbInstanceIdentifier: 'central-1',
        engine: 'mysql',
        host: 'central.example.com',
        port: 3306,
        username: 'fanfold',
        password: 's3cret',
      },
      { name: 'central' },
    ],
    [
      'of the CDK for an Aurora cluster',
      {
        dbClusterIdentifier: 'central',
        engine: 'aurora-mysql',
        host: 'central.example.com',
        port: 3306,
        dbname: 'central',
        username: 'fanfold',
        password: 's3cret',
      },
      undefined,
    ],
    [
      'that RDS manages itself',
      { username: 'fanfold', password: 's3cret' },
      { host: 'central.example.com', port: 3306, name: 'central' },
    ],
    [
      'of a template in which the host was left empty',
      { username: 'fanfold', engine: 'mysql', host: '', port: '', password: 's3cret' },
      { host: 'central.example.com', name: 'central' },
    ],
    [
      'in words of one’s own',
      { user: 'fanfold', password: 's3cret', hostname: 'central.example.com', database: 'central' },
      undefined,
    ],
    [
      'that repeats what the stack says',
      { username: 'fanfold', password: 's3cret', host: 'central.example.com', dbname: 'central' },
      { host: 'central.example.com', name: 'central', port: 3306 },
    ],
  ])('parseCentralDatabaseSecret reads a secret %s', (_, secret, place) => {
    expect(parse(secret, place)).toEqual(LOGIN);
  });

  it('parseCentralDatabaseSecret needs and uses no password for a login by IAM', () => {
    const { password: _, ...rest } = SECRET;
    const login = { ...LOGIN, port: 3307, password: '', auth: 'iam' };
    expect(parse({ ...rest, auth: 'iam' })).toEqual(login);
    expect(parse({ ...SECRET, auth: 'iam' })).toEqual(login);
    expect(parse({ ...SECRET, auth: 'password' })).not.toHaveProperty('auth');
  });

  it.each<[string, Record<string, unknown>, CentralPlace, string]>([
    ['another host', SECRET, { host: 'other.example.com' }, 'has another "host" than'],
    ['another port', SECRET, { port: 3306 }, 'has another "port" than'],
    ['another database', SECRET, { name: 'other' }, 'has another "dbname" than'],
  ])(
    'parseCentralDatabaseSecret refuses a secret with %s than the stack',
    (_, secret, place, why) => {
      expect(thrownBy(() => parse(secret, place))).toMatchObject({
        code: 'CentralDatabaseSecretInvalid',
        message: expect.stringContaining(why),
      });
    },
  );

  it.each([
    ['s3cret', 'is not JSON'],
    ['["s3cret"]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    [{ username: 'fanfold', password: 's3cret' }, 'lacks a text as "host", "dbname"'],
    [{ ...SECRET, engine: 'postgres' }, 'is of another engine than MySQL or MariaDB'],
    [{ ...SECRET, auth: 's3cret' }, 'has an "auth" that is neither "iam" nor "password"'],
    [{ ...SECRET, user: 's3cret' }, 'has two values of "username"'],
    [{ ...SECRET, password: '' }, 'lacks a text as "password"'],
    [{ ...SECRET, password: { s3cret: 1 } }, 'lacks a text as "password"'],
    [{ ...SECRET, port: 's3cret' }, 'has a "port" that is not a number'],
    [{ ...SECRET, port: 0 }, 'has a "port" that is not a number'],
    [{ ...SECRET, port: 65_536 }, 'has a "port" that is not a number'],
    [{ ...SECRET, port: 33.5 }, 'has a "port" that is not a number'],
  ])(
    'parseCentralDatabaseSecret names the mistake in %j and shows none of its values',
    (value, why) => {
      const error = thrownBy(() => parse(value)) as Error;
      expect(error).toMatchObject({
        code: 'CentralDatabaseSecretInvalid',
        fault: 'configuration',
        message: expect.stringContaining(why),
      });
      expect(error.message).not.toContain('s3cret');
    },
  );
});
