import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bundleUpTo,
  createBundle,
  MIGRATION_EXTENSIONS,
  type Migration,
  sourceChecksum,
  splitMigrationName,
} from '../../../src/core/bundle/bundle.ts';

// The order in which plain Knex sorts its files; see getMigrations in its FsMigrations.
const requireHere = createRequire(import.meta.url);
const sortBy: (files: { file: string }[], key: 'file') => { file: string }[] = createRequire(
  requireHere.resolve('knex'),
)('lodash/sortBy');

function migrationOf(file: string, checksum = sourceChecksum(file)): Migration {
  const load = () => Promise.reject(new Error('not loaded here'));
  return { ...splitMigrationName(file), checksum, load };
}

function orderOf(files: readonly string[]): string[] {
  return createBundle(files.map((file) => migrationOf(file))).migrations.map(
    ({ id, extension }) => id + extension,
  );
}

describe('createBundle', () => {
  it.each([
    ['a prefix of another, with _', ['2020_a_b.js', '2020_a.js'], ['2020_a.js', '2020_a_b.js']],
    ['a prefix of another, with -', ['2020_a.js', '2020_a-b.js'], ['2020_a-b.js', '2020_a.js']],
    ['a dot in the id', ['2020_a.js', '2020_a.b.js'], ['2020_a.b.js', '2020_a.js']],
    ['a dot that sorts late', ['2020_a.v2.js', '2020_a.js'], ['2020_a.js', '2020_a.v2.js']],
    ['upper and lower case', ['a.js', 'B.js', '1.js'], ['1.js', 'B.js', 'a.js']],
    ['digits as text', ['10_a.ts', '9_a.ts', '010_a.ts'], ['010_a.ts', '10_a.ts', '9_a.ts']],
    ['mixed extensions', ['2_b.ts', '1_a.mjs', '3_c.cjs'], ['1_a.mjs', '2_b.ts', '3_c.cjs']],
  ])('createBundle keeps the order of plain Knex: %s', (_, files, expected) => {
    expect(orderOf(files)).toEqual(expected);
    expect(
      sortBy(
        files.map((file) => ({ file })),
        'file',
      ).map(({ file }) => file),
    ).toEqual(expected);
  });

  it('createBundle keeps the order of plain Knex for any names', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'b', 'Z', '0', '_', '-', '.', ' ', 'é', '🙂'),
    });
    const file = fc
      .tuple(part, fc.constantFrom(...MIGRATION_EXTENSIONS))
      .map((both) => both.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(file, { maxLength: 20 }), (files) => {
        const knexOrder = sortBy(
          files.map((name) => ({ file: name })),
          'file',
        );
        expect(orderOf(files)).toEqual(knexOrder.map((entry) => entry.file));
      }),
    );
  });

  it('createBundle hashes its migrations in their order', () => {
    const { hash } = createBundle([migrationOf('1_a.js'), migrationOf('2_b.js')]);
    expect(createBundle([migrationOf('2_b.js'), migrationOf('1_a.js')]).hash).toBe(hash);
    expect(createBundle([migrationOf('1_a.js'), migrationOf('2_c.js')]).hash).not.toBe(hash);
    expect(createBundle([migrationOf('1_a.js'), migrationOf('2_b.js', 'f00')]).hash).not.toBe(hash);
    expect(createBundle([migrationOf('1_a.js')]).hash).not.toBe(hash);
  });
});

describe('bundleUpTo', () => {
  const bundle = createBundle(['1_a.js', '2_b.js', '3_c.js'].map((file) => migrationOf(file)));

  it('bundleUpTo ends with the named migration', () => {
    const part = bundleUpTo(bundle, '2_b');
    expect(part?.migrations.map(({ id }) => id)).toEqual(['1_a', '2_b']);
    expect(part?.hash).not.toBe(bundle.hash);
    expect(bundleUpTo(bundle, '3_c')?.hash).toBe(bundle.hash);
  });

  it('bundleUpTo returns undefined for a migration that does not exist', () => {
    expect(bundleUpTo(bundle, '4_d')).toBeUndefined();
  });
});

describe('sourceChecksum', () => {
  const source = 'export const up = () => {\n  work();\n};\n';

  it.each([
    ['line endings', source.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${source}`],
    ['blanks at the ends of lines', source.replaceAll('\n', '  \t\n')],
    ['lines at the end', `${source}\n\n`],
    ['no line at the end', source.trimEnd()],
  ])('sourceChecksum does not count %s', (_, other) => {
    expect(sourceChecksum(other)).toBe(sourceChecksum(source));
  });

  it('sourceChecksum depends on everything else', () => {
    expect(sourceChecksum(source.replace('work', 'play'))).not.toBe(sourceChecksum(source));
    expect(sourceChecksum(source.replace('  work', ' work'))).not.toBe(sourceChecksum(source));
  });
});

describe('splitMigrationName', () => {
  it.each([
    ['2025_a.ts', '2025_a', '.ts'],
    ['2025_a.mts', '2025_a', '.mts'],
    ['2025_a.v2.js', '2025_a.v2', '.js'],
    ['2025_a', '2025_a', ''],
    ['2025_a.coffee', '2025_a.coffee', ''],
  ])('splitMigrationName separates the extension of %s', (name, id, extension) => {
    expect(splitMigrationName(name)).toEqual({ id, extension });
  });
});
