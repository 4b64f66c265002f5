import { describe, expect, it } from 'vitest';
import { createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import { checkMigrations } from '../../../src/core/bundle/check-migrations.ts';
import { migrationInvalid } from '../../../src/core/bundle/migration-module.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

describe('checkMigrations', () => {
  it('checkMigrations loads every migration, in order', async () => {
    const loaded: string[] = [];
    const migrations = ['2_b', '1_a', '3_c'].map((id) => migrationOf(id, () => loaded.push(id)));
    await checkMigrations(createBundle(migrations));
    expect(loaded).toEqual(['1_a', '2_b', '3_c']);
  });

  it("checkMigrations rejects with the file's own error if there is one", async () => {
    const error = migrationInvalid('2_b.ts', 'is empty', 'Write it.');
    const bundle = createBundle([migrationOf('1_a'), migrationOf('2_b', throwing(error))]);
    expect(await rejectionOf(checkMigrations(bundle))).toBe(error);
  });

  it('checkMigrations names all invalid files in one error', async () => {
    const bundle = createBundle([
      migrationOf('1_a', throwing(migrationInvalid('1_a.ts', 'is empty', 'Write it.'))),
      migrationOf('2_b'),
      migrationOf('3_c', throwing(migrationInvalid('3_c.ts', 'exports no `up`', 'Export it.'))),
    ]);
    expect(await rejectionOf(checkMigrations(bundle))).toMatchObject({
      code: 'MigrationInvalid',
      fault: 'migration',
      message: '2 migrations are invalid:\n  - 1_a.ts is empty.\n  - 3_c.ts exports no `up`.',
    });
  });

  it("checkMigrations does not report a defect of Fanfold's as an invalid file", async () => {
    const defect = new TypeError('of ours');
    const bundle = createBundle([migrationOf('1_a', throwing(defect))]);
    expect(await rejectionOf(checkMigrations(bundle))).toBe(defect);
  });
});

function migrationOf(id: string, onLoad: () => void = () => {}): Migration {
  return {
    id,
    extension: '.ts',
    checksum: '',
    load: async () => {
      onLoad();
      return { up: () => {} };
    },
  };
}

function throwing(error: Error): () => never {
  return () => {
    throw error;
  };
}
