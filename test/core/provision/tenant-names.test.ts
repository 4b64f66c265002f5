import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDatabaseName,
  checkSlug,
  checkUserName,
  databaseNameOf,
  userNameOf,
} from '../../../src/core/provision/tenant-names.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('a slug', () => {
  it.each(['a', 'acme', 'acme-corp', 'acme_corp', '3m', 'x'.repeat(63)])(
    'a slug may be %s',
    (slug) => {
      expect(() => checkSlug(slug)).not.toThrow();
    },
  );

  it.each([
    '',
    'Acme',
    'ácme',
    'acme corp',
    '-acme',
    'acme-',
    'a/b',
    'a.b',
    "a'b",
    'a`b',
    'a\nb',
    'x'.repeat(64),
  ])('a slug cannot be %j', (slug) => {
    expect(thrownBy(() => checkSlug(slug))).toMatchObject({
      code: 'TenantInvalid',
      fault: 'usage',
    });
  });
});

describe('names made of a slug', () => {
  it('names made from a slug are the guide’s', () => {
    expect(databaseNameOf('acme-corp')).toBe('acme_corp_db');
    expect(userNameOf('acme-corp')).toBe('acme_corp');
  });

  it('names made from a slug avoid the names that servers reserve', () => {
    expect(userNameOf('root')).toBe('root_tenant');
    expect(userNameOf('rdsadmin')).toBe('rdsadmin_tenant');
    expect(databaseNameOf('mysql')).toBe('mysql_db');
  });

  it('names made from a slug are accepted, whatever the slug, and distinguish long ones', () => {
    const slug = fc.string({ unit: 'binary', minLength: 1, maxLength: 190 });
    fc.assert(
      fc.property(slug, (text) => {
        checkDatabaseName(databaseNameOf(text));
        checkUserName(userNameOf(text));
      }),
    );
    const [one, other] = [`${'x'.repeat(70)}1`, `${'x'.repeat(70)}2`];
    expect(databaseNameOf(one)).not.toBe(databaseNameOf(other));
    expect(userNameOf(one)).not.toBe(userNameOf(other));
    expect(databaseNameOf(one)).toHaveLength(64);
    expect(userNameOf(one)).toHaveLength(32);
  });
});

describe('a name', () => {
  it.each([
    '',
    'x'.repeat(65),
    'end ',
    ' begin',
    'nul\0',
    '🏭',
    'mysql',
    'SYS',
    'information_schema',
  ])('the name of a database is refused: %j', (name) => {
    expect(thrownBy(() => checkDatabaseName(name))).toMatchObject({ code: 'TenantInvalid' });
  });

  it.each(['', 'x'.repeat(33), 'root', 'Root', 'mysql.sys', 'mariadb.sys', 'rdsadmin', 'a\nb'])(
    'the name of a user is refused: %j',
    (name) => {
      expect(thrownBy(() => checkUserName(name))).toMatchObject({ code: 'TenantInvalid' });
    },
  );
});
