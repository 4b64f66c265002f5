import { describe, expect, it } from 'vitest';
import { parseTenantsMapping } from '../../../src/core/central/tenants-mapping-text.ts';

describe('a mapping of tenants in an environment variable', () => {
  it.each([undefined, '', '  '])(
    'a mapping of tenants in an environment variable is absent if it says nothing: %j',
    (text) => {
      expect(parseTenantsMapping(text)).toBeUndefined();
    },
  );

  it.each([
    { table: 'companies' },
    { table: 'companies', columns: { dbHost: 'host' }, active: '1' },
    { query: 'SELECT 1', active: ['live', 'trial'] },
  ])('a mapping of tenants in an environment variable is read as it is: %j', (mapping) => {
    expect(parseTenantsMapping(JSON.stringify(mapping))).toEqual(mapping);
  });

  it.each([
    '{',
    'null',
    '[]',
    '"tenants"',
    '{}',
    '{"table":""}',
    '{"table":"a","query":"SELECT 1"}',
    '{"query":"SELECT 1","columns":{}}',
    '{"table":"a","active":[]}',
    '{"table":"a","active":1}',
    '{"table":"a","columns":{"id":7}}',
    '{"table":"a","colums":{}}',
  ])('a mapping of tenants in an environment variable is refused if it is invalid: %s', (text) => {
    expect(() => parseTenantsMapping(text)).toThrow(
      expect.objectContaining({ code: 'EnvironmentInvalid', fault: 'configuration' }),
    );
  });
});
