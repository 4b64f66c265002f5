import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { heldBundle } from '../../src/compose/held-bundle.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';

const FIRST = '20260101000000_first.js';
const SECOND = '20260102000000_second.js';
const source = (body: string) =>
  `globalThis.evaluated = (globalThis.evaluated ?? 0) + 1;\n${body}\nexports.up = async () => {};`;
const evaluations = () => (globalThis as { evaluated?: number }).evaluated ?? 0;

it('migrations of a service are evaluated again only if a file has changed', async () => {
  const folder = await fixtureFolder({ [FIRST]: source(''), [SECOND]: source('') });
  const before = evaluations();
  const bundle = await heldBundle(folder, {});
  expect(evaluations() - before).toBe(2);
  expect(await heldBundle(folder, {})).toBe(bundle);
  // A call for a part of it uses the same modules.
  const part = await heldBundle(folder, {}, { to: '20260101000000_first' });
  expect(part.migrations).toEqual(bundle.migrations.slice(0, 1));
  expect(evaluations() - before).toBe(2);

  await writeFile(join(folder, SECOND), source('// changed'));
  const changed = await heldBundle(folder, {});
  expect(changed.hash).not.toBe(bundle.hash);
  expect(evaluations() - before).toBeGreaterThan(2);
});

it('a bundle that was refused is read again by the next call', async () => {
  const folder = await fixtureFolder({ [FIRST]: source('') });
  const bundle = await heldBundle(folder, {});
  await writeFile(join(folder, SECOND), 'exports.up = 5;');
  await expect(heldBundle(folder, {})).rejects.toMatchObject({ code: 'MigrationInvalid' });
  // A part without the refused one goes on.
  const part = await heldBundle(folder, {}, { to: '20260101000000_first' });
  expect(part.migrations.map(({ id }) => id)).toEqual(bundle.migrations.map(({ id }) => id));
  await writeFile(join(folder, SECOND), source(''));
  expect((await heldBundle(folder, {})).migrations).toHaveLength(2);
});
