import { describe, expect, it } from 'vitest';
import { parseCentralDatabaseSecret } from '../../../src/core/central/central-database-secret.ts';
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
const parse = (value: unknown) =>
  parseCentralDatabaseSecret(typeof value === 'string' ? value : JSON.stringify(value), 'It');

describe('parseCentralDatabaseSecret', () => {
  it('reads what RDS writes', () => {
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
    ['s3cret', 'is not JSON'],
    ['["s3cret"]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    [{ username: 'fanfold', password: 's3cret' }, 'lacks a text as "host", "dbname"'],
    [{ ...SECRET, password: '' }, 'lacks a text as "password"'],
    [{ ...SECRET, password: { s3cret: 1 } }, 'lacks a text as "password"'],
    [{ ...SECRET, port: 's3cret' }, 'has a "port" that is not a number'],
    [{ ...SECRET, port: 0 }, 'has a "port" that is not a number'],
    [{ ...SECRET, port: 65_536 }, 'has a "port" that is not a number'],
    [{ ...SECRET, port: 33.5 }, 'has a "port" that is not a number'],
  ])('names what is wrong with %j and shows none of it', (value, why) => {
    const error = thrownBy(() => parse(value)) as Error;
    expect(error).toMatchObject({
      code: 'CentralDatabaseSecretInvalid',
      fault: 'configuration',
      message: expect.stringContaining(why),
    });
    expect(error.message).not.toContain('s3cret');
  });
});
