import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProjectFiles } from '../../../src/adapters/local/project/read-project-files.ts';
import { writeConfigFile } from '../../../src/adapters/local/project/write-config-file.ts';
import { chooseFolder } from '../../../src/core/adoption/choose-folder.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

const FILE = '20250101090000_create_users';

describe('a project', () => {
  it.each([
    ['a tsconfig.json', { 'tsconfig.json': '{}' }, 'fanfold.config.ts'],
    [
      'TypeScript among its packages',
      { 'package.json': '{"devDependencies":{"typescript":"5"}}' },
      'fanfold.config.ts',
    ],
    [
      'CommonJS whose TypeScript keeps its syntax',
      { 'tsconfig.json': '{"compilerOptions":{"verbatimModuleSyntax": true}}' },
      'fanfold.config.mts',
    ],
    ['ES modules', { 'package.json': '{"type":"module"}' }, 'fanfold.config.js'],
    ['a package.json that is no JSON', { 'package.json': '{' }, 'fanfold.config.js'],
  ])('of %s gets a configuration that suits it', async (_, files, configFile) => {
    expect((await readProjectFiles(await fixtureFolder(files))).configFile).toBe(configFile);
  });

  it('has its migrations found wherever they lie, and neither copies nor those of others', async () => {
    const folder = await fixtureFolder({
      [`apps/backend/src/database/migrations/tenant/${FILE}.ts`]: '',
      [`apps/backend/src/database/migrations/central/${FILE}.ts`]: '',
      [`apps/backend/dist/database/migrations/tenant/${FILE}.js`]: '',
      [`node_modules/some/migrations/tenant/${FILE}.js`]: '',
      'apps/backend/knexfile.ts': '',
      'prisma/migrations/20250101_init/migration.sql': '',
    });
    const project = await readProjectFiles(folder);
    expect(project.knexfiles).toEqual(['./apps/backend/knexfile.ts']);
    expect(project.migrationsFolders).toMatchObject([
      { path: './apps/backend/src/database/migrations/tenant', files: 1, belongsTo: 'tenants' },
      { path: './apps/backend/src/database/migrations/central', belongsTo: 'others' },
    ]);
    expect(await chooseFolder(project.migrationsFolders)).toBe(
      './apps/backend/src/database/migrations/tenant',
    );
  });

  it('whose only migrations do not say whose they are has to be asked about', async () => {
    const project = await readProjectFiles(await fixtureFolder({ [`migrations/${FILE}.js`]: '' }));
    await expect(chooseFolder(project.migrationsFolders)).rejects.toMatchObject({
      code: 'MigrationsFolderUnclear',
      nextStep: expect.stringContaining('--migrations ./migrations'),
    });
    const asked = chooseFolder(project.migrationsFolders, async ([first = '']) => first);
    expect(await asked).toBe('./migrations');
  });

  it('without any migrations takes the usual folder', async () => {
    const { migrationsFolders } = await readProjectFiles(await fixtureFolder());
    expect(await chooseFolder(migrationsFolders)).toBe('./migrations/tenant');
  });

  it('that may not be written to says so', async () => {
    const nowhere = join(await fixtureFolder(), 'nowhere');
    await expect(writeConfigFile(nowhere, 'fanfold.config.js', '')).rejects.toMatchObject({
      code: 'ConfigFileNotWritable',
    });
  });
});
