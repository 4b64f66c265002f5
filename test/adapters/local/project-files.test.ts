import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProjectFiles } from '../../../src/adapters/local/project/read-project-files.ts';
import { writeConfigFile } from '../../../src/adapters/local/project/write-config-file.ts';
import { chooseFolder } from '../../../src/core/adoption/choose-folder.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

const FILE = '20250101090000_create_users';

describe('reading the files of a project', () => {
  it.each([
    ['a tsconfig.json', { 'tsconfig.json': '{}' }, 'fanfold.config.ts'],
    [
      'TypeScript among its dependencies',
      { 'package.json': '{"devDependencies":{"typescript":"5"}}' },
      'fanfold.config.ts',
    ],
    [
      'CommonJS and verbatimModuleSyntax',
      { 'tsconfig.json': '{"compilerOptions":{"verbatimModuleSyntax": true}}' },
      'fanfold.config.mts',
    ],
    ['ES modules', { 'package.json': '{"type":"module"}' }, 'fanfold.config.js'],
    ['an invalid package.json', { 'package.json': '{' }, 'fanfold.config.js'],
  ])('a project with %s gets a suitable configuration file', async (_, files, configFile) => {
    expect((await readProjectFiles(await fixtureFolder(files))).configFile).toBe(configFile);
  });

  it("the search for project files finds the tenants' migrations in any folder, without copies and without other migrations", async () => {
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

  it('the search for project files marks the only migrations as unknown if their folder does not name an owner', async () => {
    const project = await readProjectFiles(await fixtureFolder({ [`migrations/${FILE}.js`]: '' }));
    await expect(chooseFolder(project.migrationsFolders)).rejects.toMatchObject({
      code: 'MigrationsFolderUnclear',
      nextStep: expect.stringContaining('--migrations ./migrations'),
    });
    const asked = chooseFolder(project.migrationsFolders, async ([first = '']) => first);
    expect(await asked).toBe('./migrations');
  });

  it('the search for project files proposes the default folder for a project without migrations', async () => {
    const { migrationsFolders } = await readProjectFiles(await fixtureFolder());
    expect(await chooseFolder(migrationsFolders)).toBe('./migrations/tenant');
  });

  it('the search for project files reports a project folder that is not writable', async () => {
    const nowhere = join(await fixtureFolder(), 'nowhere');
    await expect(writeConfigFile(nowhere, 'fanfold.config.js', '')).rejects.toMatchObject({
      code: 'ConfigFileNotWritable',
    });
  });
});
