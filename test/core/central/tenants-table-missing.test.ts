import { expect, it } from 'vitest';
import { centralTlsMode } from '../../../src/core/central/central-tls.ts';
import { tenantsTableMissing } from '../../../src/core/central/tenants-table-missing.ts';
import { thrownBy } from '../../support/thrown-by.ts';

it('a missing table of tenants leads to a suggestion if its name differs by a typing error, its case or its plural', () => {
  for (const name of ['tenant', 'Tenants', 'tenents']) {
    expect(tenantsTableMissing('central', 'tenants', { tables: ['users', name] })).toMatchObject({
      code: 'TenantsTableMissing',
      message: expect.stringContaining(`Did you mean "${name}"?`),
    });
  }
});

it('a missing table of tenants is an error that names the tables that may hold the tenants', () => {
  const tables = ['companies', 'customers', 'users'];
  expect(
    tenantsTableMissing('central', 'tenants', { tables, candidates: ['companies'] }),
  ).toMatchObject({
    code: 'TenantsTableMissing',
    message: expect.stringContaining('companies may hold the tenants.'),
  });
  expect(
    tenantsTableMissing('central', 'tenants', { tables, candidates: ['companies', 'customers'] }),
  ).toMatchObject({ code: 'TenantsTableAmbiguous' });
});

it('a TLS mode that contradicts the URL of the central database is refused', () => {
  const asked = (mode: 'auto' | 'required' | 'off') => ({
    parameters: { tls: { mode, parameter: 'sslmode' } },
  });
  const login = (mode: 'auto' | 'required' | 'off') =>
    asked(mode) as unknown as Parameters<typeof centralTlsMode>[1];
  expect(centralTlsMode('required', {})).toBe('required');
  expect(centralTlsMode('auto', login('off'))).toBe('off');
  expect(centralTlsMode('off', login('auto'))).toBe('off');
  expect(centralTlsMode('required', login('required'))).toBe('required');
  for (const [option, mode] of [
    ['required', 'off'],
    ['off', 'required'],
  ] as const) {
    expect(thrownBy(() => centralTlsMode(option, login(mode)))).toMatchObject({
      code: 'CentralDatabaseUrlInvalid',
      message: expect.stringContaining('"sslmode"'),
    });
  }
});
