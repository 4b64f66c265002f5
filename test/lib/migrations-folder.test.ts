import { describe, expect, it } from 'vitest';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { thrownBy } from '../support/thrown-by.ts';
import { construct } from './support/synthesized.ts';

// With the real bundler.
describe('a migrations folder', () => {
  it('an empty migrations folder fails the synthesis with the next step', async () => {
    const migrationsFolder = await fixtureFolder({ 'README.md': '' });
    expect(thrownBy(() => construct({ migrationsFolder }))).toMatchObject({
      name: 'MigrationsFolderEmpty',
      message: expect.stringContaining(migrationsFolder),
    });
  });

  it('a missing migrations folder also fails the synthesis', () => {
    expect(thrownBy(() => construct({ migrationsFolder: 'nowhere' }))).toMatchObject({
      name: 'MigrationsFolderMissing',
    });
  });
});
