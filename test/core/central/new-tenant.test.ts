import { describe, expect, it } from 'vitest';
import { checkNewTenant, type TenantDraft } from '../../../src/core/central/new-tenant.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const draft: TenantDraft = {
  slug: 'acme-corp',
  host: 'db1.example.com',
  database: 'acme_corp_db',
  user: 'acme',
};

describe('a new tenant', () => {
  it('a new tenant takes name, status and port from the rest', () => {
    expect(checkNewTenant(draft)).toEqual({
      slug: 'acme-corp',
      name: 'acme-corp',
      status: 'PROVISIONING',
      address: { host: 'db1.example.com', port: 3306, database: 'acme_corp_db', user: 'acme' },
    });
  });

  it.each<Partial<TenantDraft>>([
    { slug: `o'neill "x" \`y\` a.b, übergroß 🏭` },
    { slug: '👩‍👩‍👧'.repeat(38) },
    { name: 'Acme Corp.' },
    { status: 'ACTIVE' },
    { host: '2001:db8::1' },
    { port: 65_535 },
    { database: "a`b'c.d e-ü" },
    { database: 'd'.repeat(64), user: 'u'.repeat(80) },
    { database: ' leading blank' },
  ])('a new tenant may have %j', (differing) => {
    expect(() => checkNewTenant({ ...draft, ...differing })).not.toThrow();
  });

  it.each<[string, Partial<TenantDraft>]>([
    ['slug', { slug: '' }],
    ['slug', { slug: ' acme' }],
    ['slug', { slug: 'acme\u00a0' }],
    ['slug', { slug: 'ac\nme' }],
    ['slug', { slug: 'ac\u001b[31mme' }],
    ['slug', { slug: 'ac\ud800me' }],
    ['slug', { slug: 's'.repeat(191) }],
    ['name', { name: '' }],
    ['status', { status: 'active' }],
    ['host', { host: '' }],
    ['host', { host: 'mysql://db1' }],
    ['host', { host: 'db1:3307' }],
    ['host', { host: '[::1]' }],
    ['host', { host: 'db 1' }],
    ['port', { port: 0 }],
    ['port', { port: 65_536 }],
    ['port', { port: 33.06 }],
    ['port', { port: Number.NaN }],
    ['database', { database: '' }],
    ['database', { database: 'd'.repeat(65) }],
    ['database', { database: 'd ' }],
    ['database', { database: 'a\0b' }],
    ['database', { database: 'a🏭b' }],
    ['user', { user: '' }],
    ['user', { user: 'u'.repeat(81) }],
  ])('a new tenant is refused for its %s: %j', (field, differing) => {
    const error = thrownBy(() => checkNewTenant({ ...draft, ...differing }));

    expect(error).toMatchObject({ code: 'TenantInvalid', fault: 'usage' });
    expect((error as Error).message).toMatch(new RegExp(`^The ${field} of a tenant cannot be `));
  });

  it('a value of a new tenant is not quoted at full length', () => {
    const error = thrownBy(() => checkNewTenant({ ...draft, slug: 'x'.repeat(10_000) }));

    expect((error as Error).message.length).toBeLessThan(300);
  });
});
