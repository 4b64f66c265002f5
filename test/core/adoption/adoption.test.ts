import { describe, expect, it } from 'vitest';
import type { CentralColumn, CentralTable } from '../../../src/core/adoption/central-tables.ts';
import { chooseActive } from '../../../src/core/adoption/choose-active.ts';
import { chooseCandidate } from '../../../src/core/adoption/choose-candidate.ts';
import { chooseFolder, USUAL_FOLDER } from '../../../src/core/adoption/choose-folder.ts';
import { configSource } from '../../../src/core/adoption/config-source.ts';
import { findOwner } from '../../../src/core/adoption/find-owner.ts';
import { proposeMapping } from '../../../src/core/adoption/propose-mapping.ts';
import { quoteName } from '../../../src/core/adoption/quote-name.ts';
import { tryPasswords } from '../../../src/core/adoption/try-passwords.ts';
import type { TenantsMapping } from '../../../src/core/central/tenants-mapping.ts';
import { tenantOf } from '../../support/fleet.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';

/** A table whose first column is its key; a `!` marks a unique column, a type follows a colon. */
function tableOf(name: string, columns: string, more: Partial<CentralTable> = {}): CentralTable {
  const parsed = columns.split(' ').map((text) => {
    const [, column = '', unique, type = 'varchar'] = /^(\w+)(!)?(?::(\w+))?$/.exec(text) ?? [];
    return { name: column, type, words: [], isUnique: unique === '!' };
  });
  const [key] = parsed;
  return {
    name,
    isView: false,
    columns: parsed.map(({ isUnique: _, ...column }): CentralColumn => column),
    primaryKey: key === undefined ? [] : [key.name],
    uniqueColumns: parsed.filter(({ isUnique }) => isUnique).map((column) => column.name),
    references: [],
    ...more,
  };
}

const GUIDE = tableOf('tenants', 'id slug! name status dbHost dbPort:int dbName dbUser dbPassword');
const USERS = tableOf('users', 'id email! password name');

async function mappingOf(tables: readonly CentralTable[], table?: string) {
  const candidate = await chooseCandidate('central', tables, { table });
  return proposeMapping(candidate, findOwner(candidate, tables));
}

describe('a table of tenants', () => {
  it("a table of tenants is found among others and needs no columns if it is the guide's", async () => {
    expect(await mappingOf([USERS, GUIDE])).toEqual({
      mapping: { table: 'tenants' },
      statusKind: 'words',
      statusColumn: 'status',
      remarks: [],
    });
  });

  it('a table of tenants is mapped by columns of other names', async () => {
    const table = tableOf(
      'companies',
      'company_id slug! company_name state mysql_host db_name db_user encrypted_password',
    );
    const { mapping, remarks } = await mappingOf([table]);
    expect(mapping).toEqual({
      table: 'companies',
      columns: {
        ...{ id: 'company_id', name: 'company_name', status: 'state', dbHost: 'mysql_host' },
        ...{ dbName: 'db_name', dbUser: 'db_user', dbPassword: 'encrypted_password' },
      },
    });
    expect(remarks).toEqual([expect.stringContaining('3306')]);
  });

  it('a table of tenants is read by a query if rows are deleted softly or have no status', async () => {
    const table = tableOf(
      'tenants',
      'id slug! dbHost dbPort:int dbName dbUser dbPassword deleted_at:datetime is_deleted:tinyint',
    );
    const { mapping, statusKind } = await mappingOf([table]);
    expect(statusKind).toBe('none');
    expect(mapping).toMatchObject({
      query: expect.stringMatching(
        /^SELECT\n {2}id,\n[\s\S]*'ACTIVE' AS status[\s\S]*FROM tenants\nWHERE deleted_at IS NULL AND COALESCE\(is_deleted, 0\) = 0$/,
      ),
    });
  });

  it('a table of tenants may have a flag as its status, also one with the opposite meaning', async () => {
    const columns = 'id slug! dbHost dbPort:int dbName dbUser dbPassword';
    expect(await mappingOf([tableOf('tenants', `${columns} is_active:tinyint`)])).toMatchObject({
      ...{ statusKind: 'flag', statusColumn: 'is_active' },
    });
    expect(await mappingOf([tableOf('tenants', `${columns} suspended:tinyint`)])).toMatchObject({
      ...{ statusKind: 'opposite', statusColumn: 'suspended' },
    });
  });

  it('a table of tenants is joined with the table that it belongs to', async () => {
    const companies = tableOf('companies', 'id slug! name status');
    const logins = tableOf('company_databases', 'id company_id host database username password', {
      references: [{ column: 'company_id', table: 'companies', key: 'id' }],
    });
    const { mapping } = await mappingOf([companies, logins]);
    expect(mapping).toMatchObject({
      query: expect.stringContaining(
        'FROM companies AS o\nJOIN company_databases AS d ON d.company_id = o.id',
      ),
    });
  });

  const LOGINS = 'id company_id host database username password';
  const toTenants = [{ column: 'login', table: 'logins', key: 'id' }];
  it.each<[string, readonly CentralTable[], readonly [string, string] | undefined]>([
    [
      'by a foreign key of its owner',
      [tableOf('shops', 'key slug! login', { references: toTenants })],
      ['login', 'id'],
    ],
    [
      'by a column that has the name of its owner',
      [tableOf('companies', 'id slug!')],
      ['id', 'company_id'],
    ],
    ['with no table that nothing links to it', [tableOf('shops', 'id slug! status')], undefined],
    ['with no table of people', [tableOf('companies', 'id email! name')], undefined],
    ['with no view', [tableOf('companies', 'id slug! status', { isView: true })], undefined],
    [
      'with neither of two tables that both fit',
      [
        tableOf('companies', 'id slug! status'),
        tableOf('shops', 'key slug! login', { references: toTenants }),
      ],
      undefined,
    ],
  ])('a table of logins is joined %s', async (_, others, on) => {
    const logins = tableOf('logins', LOGINS);
    const tables = [logins, ...others];
    const candidate = await chooseCandidate('central', tables, { table: 'logins' });
    expect(findOwner(candidate, tables)?.on).toEqual(on);
  });

  it.each(['slug!', 'status', 'is_active:tinyint'])(
    'a table of logins that has %s itself is joined with no other',
    async (own) => {
      const tables = [
        tableOf('logins', `${LOGINS} ${own}`),
        tableOf('companies', 'id slug! status'),
      ];
      const candidate = await chooseCandidate('central', tables, { table: 'logins' });
      expect(findOwner(candidate, tables)).toBeUndefined();
    },
  );

  it('a table of tenants may be named, also with another case', async () => {
    expect(await mappingOf([USERS, GUIDE], 'Tenants')).toMatchObject({
      mapping: { table: 'tenants' },
    });
  });

  it.each([
    ['a database without tables', [], undefined, 'CentralDatabaseEmpty'],
    ['tables of other things', [USERS], undefined, 'TenantsTableMissing'],
    ['a name that no table has', [GUIDE], 'tenant', 'TenantsTableMissing'],
    ['a table that lacks columns', [USERS], 'users', 'TenantsColumnsMissing'],
    [
      'a login that is one text',
      [tableOf('tenants', 'id slug! database_url')],
      undefined,
      'TenantsTableMissing',
    ],
    [
      'two columns that can be the host',
      [tableOf('tenants', 'id slug! status dbHost db_host dbName dbUser dbPassword')],
      undefined,
      'TenantsColumnAmbiguous',
    ],
    [
      'two tables that can be it',
      [GUIDE, tableOf('customers', 'id slug! status dbHost dbName dbUser dbPassword')],
      undefined,
      'TenantsTableAmbiguous',
    ],
  ])('a table of tenants is refused for %s', async (_, tables, table, code) => {
    await expect(chooseCandidate('central', tables, { table })).rejects.toMatchObject({ code });
  });

  it('a table of tenants is chosen by a person if there are several', async () => {
    const customers = tableOf('customers', 'id slug! status dbHost dbName dbUser dbPassword');
    const chosen = await chooseCandidate('central', [GUIDE, customers], {}, async (candidates) => {
      expect(candidates.map(({ table }) => table.name)).toEqual(['tenants', 'customers']);
      const [, second] = candidates;
      if (second === undefined) throw new Error('There is no second one.');
      return second;
    });
    expect(chosen.table.name).toBe('customers');
  });
});

describe('the words for active tenants', () => {
  const facts = (kind: 'words' | 'flag' | 'opposite' | 'none', ...words: readonly string[]) => ({
    ...{ kind, column: 'status', allowed: [] },
    counts: words.map((word) => ({ word, tenants: 1 })),
  });

  it.each([
    ['words', ['ACTIVE', 'FAILED'], undefined],
    ['words', ['aktiv', 'gesperrt'], ['aktiv']],
    ['words', [], undefined],
    ['flag', ['0', '1'], ['1']],
    ['flag', ['0'], ['1']],
    ['flag', ['true', 'false'], ['true']],
    ['opposite', ['0', '1'], ['0']],
    ['opposite', ['1'], ['0']],
    ['none', [], undefined],
  ] as const)(
    'the words for active tenants are found in a status of the kind %s with %j',
    async (kind, words, found) => {
      expect(await chooseActive(facts(kind, ...words))).toEqual(found);
    },
  );

  it('the words for active tenants are chosen by a person if they are not clear, and refused if nobody can be asked', async () => {
    const unclear = facts('words', 'open', 'closed');
    await expect(chooseActive(unclear)).rejects.toMatchObject({ code: 'ActiveStatusUnclear' });
    expect(await chooseActive(unclear, async () => ['open'])).toEqual(['open']);
    expect(await chooseActive(unclear, async () => ['ACTIVE'])).toBeUndefined();
    await expect(chooseActive(facts('words', '1'))).rejects.toMatchObject({
      code: 'ActiveStatusUnclear',
    });
  });
});

describe('the folder of the migrations', () => {
  const folder = (path: string, belongsTo: 'tenants' | 'others' | 'unknown') => ({
    ...{ path, belongsTo, files: 3 },
  });

  it('the folder of the migrations is the one whose path names tenants, or the usual one', async () => {
    const found = [folder('./db/central', 'others'), folder('./db/tenants', 'tenants')];
    expect(await chooseFolder(found)).toBe('./db/tenants');
    expect(await chooseFolder([folder('./db/central', 'others')])).toBe(USUAL_FOLDER);
  });

  it('the folder of the migrations is chosen by a person if there are several, and refused if nobody can be asked', async () => {
    const found = [folder('./a', 'unknown'), folder('./b', 'unknown')];
    await expect(chooseFolder(found)).rejects.toMatchObject({
      code: 'MigrationsFolderUnclear',
      message: expect.stringContaining('./a, ./b'),
    });
    await expect(chooseFolder(found.slice(1))).rejects.toMatchObject({
      message: expect.stringContaining('./b'),
    });
    expect(
      await chooseFolder(found, async (paths) => {
        expect(paths).toEqual(['./a', './b', USUAL_FOLDER]);
        return './b';
      }),
    ).toBe('./b');
  });
});

describe('the source of a configuration', () => {
  const tenants: TenantsMapping = { query: 'SELECT\n  `id`\nFROM t', active: ["it's"] };

  it('a configuration is written in the language of the project', () => {
    const config = { tenants: { table: 'tenants' }, migrationsFolder: './m', knexfile: './k.js' };
    expect(configSource(config, 'typescript')).toBe(
      "import { defineConfig } from 'fanfold';\n\nexport default defineConfig({\n  migrations: {\n    folder: './m',\n  },\n  knex: {\n    file: './k.js',\n  },\n});\n",
    );
    expect(configSource({}, 'esm')).toContain('export default {};');
    expect(configSource({}, 'commonjs')).toContain('module.exports = {};');
    expect(JSON.parse(configSource({ tenants }, 'json'))).toEqual({ central: { tenants } });
  });

  it('the source of a configuration has the same meaning as its values, also with quotes and backticks', () => {
    const source = configSource({ tenants }, 'commonjs');
    const module = { exports: {} as { central?: { tenants: { query: string; active: unknown } } } };
    new Function('module', source)(module);
    expect(module.exports.central?.tenants.active).toEqual(["it's"]);
    expect(module.exports.central?.tenants.query.replaceAll(/\s+/g, ' ').trim()).toBe(
      'SELECT `id` FROM t',
    );
  });
});

it('a name in SQL is quoted only if it needs that', () => {
  expect(['tenants', 'order', 'a-b', 'a`b'].map(quoteName)).toEqual([
    ...['tenants', '`order`', '`a-b`', '`a``b`'],
  ]);
});

it('stored passwords are tried, and those that do not open with the key are reported', async () => {
  const { passwords, sealer } = memoryKeyRing();
  const [plain, broken] = [tenantOf(1), tenantOf(2)];
  const good = { ...plain, encryptedPassword: await sealer.seal(plain, 'x') };
  expect(await tryPasswords([good, broken], passwords)).toMatchObject([
    { tenant: good, error: undefined },
    { tenant: broken, error: { code: 'PasswordFormatInvalid' } },
  ]);
  await expect(
    tryPasswords([good], {
      open: async () => {
        throw new Error('The key file is gone.');
      },
    }),
  ).rejects.toThrow('The key file is gone.');
});
