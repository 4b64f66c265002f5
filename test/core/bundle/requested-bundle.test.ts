import { expect, it } from 'vitest';
import { createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import { requestedBundle } from '../../../src/core/bundle/requested-bundle.ts';
import { thrownBy } from '../../support/thrown-by.ts';

function migration(id: string): Migration {
  const load = () => Promise.reject(new Error('not loaded'));
  return { id, extension: '.ts', checksum: id, load };
}

const bundle = createBundle(
  ['20250101090000_create_tasks', '20250201090000_add_note'].map(migration),
);

it('the requested bundle is the whole bundle if the request names no migration', () => {
  expect(requestedBundle(bundle, {})).toBe(bundle);
});

it('a bundle can end with a named migration, with or without extension', () => {
  for (const to of ['20250101090000_create_tasks', '20250101090000_create_tasks.js']) {
    const { migrations, hash } = requestedBundle(bundle, { to });
    expect(migrations.map(({ id }) => id)).toEqual(['20250101090000_create_tasks']);
    expect(hash).not.toBe(bundle.hash);
  }
  expect(requestedBundle(bundle, { to: '20250201090000_add_note' }).hash).toBe(bundle.hash);
});

it('the requested bundle of a rollback is the whole bundle, since later migrations are rolled back', () => {
  const to = '20250101090000_create_tasks';
  expect(requestedBundle(bundle, { command: 'rollback', to })).toBe(bundle);
  expect(requestedBundle(bundle, { command: 'plan', rollback: true, to })).toBe(bundle);
  expect(requestedBundle(bundle, { command: 'plan', to }).migrations).toHaveLength(1);
  expect(thrownBy(() => requestedBundle(bundle, { command: 'rollback', to: 'x' }))).toMatchObject({
    code: 'MigrationUnknown',
  });
});

it('a bundle refuses an unknown migration, and suggests which one may be meant', () => {
  expect(thrownBy(() => requestedBundle(bundle, { to: '20250201090000_add_notes' }))).toMatchObject(
    {
      code: 'MigrationUnknown',
      fault: 'usage',
      message:
        'There is no migration "20250201090000_add_notes". Did you mean "20250201090000_add_note"?',
      nextStep:
        'Name a migration by its file name without the extension, such as "20250201090000_add_note".',
    },
  );
  expect(thrownBy(() => requestedBundle(createBundle([]), { to: 'x' }))).toMatchObject({
    nextStep: 'The migrations folder is empty: add a migration first.',
  });
});
