import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEvidence } from '../../src/bundling/evidence.ts';
import { createBundle } from '../../src/core/bundle/bundle.ts';
import type { RehearsalEvidence } from '../../src/core/safety/rehearsal/evidence.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { FIRST, SECOND } from '../support/step-machine.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const BUNDLE = createBundle([FIRST, SECOND]);

const EVIDENCE: RehearsalEvidence = {
  fanfold: 'rehearsal',
  format: 1,
  tool: '1.0.0',
  madeAt: '2026-11-30T12:00:00.000Z',
  bundle: BUNDLE.hash,
  server: { product: 'MySQL', version: '9.7.4' },
  result: 'right',
  shapes: [{ fingerprint: 'f'.repeat(64), pending: [SECOND.id], result: 'right' }],
  migrations: [
    {
      ...{ migration: SECOND.id, checksum: 'c', start: 'an empty database', result: 'right' },
      ...{ stops: { tried: 1, all: 1 }, durationMs: 1, findings: [], allowed: [] },
    },
  ],
};

test('the evidence of a deployment is the part that the gate reads, under its path in the project', async () => {
  const folder = await fixtureFolder();
  const path = join(folder, 'rehearsal.json');
  await writeFile(path, JSON.stringify(EVIDENCE));
  const evidence = await readEvidence(path, folder, BUNDLE);
  expect(evidence?.file).toBe('rehearsal.json');
  expect(JSON.parse(evidence?.text ?? '')).toEqual({ ...EVIDENCE, migrations: [] });
  expect(await readEvidence(undefined, folder, BUNDLE)).toBeUndefined();
});

test.each([
  ['is missing', undefined, 'EvidenceInvalid', 'cannot be read: ENOENT'],
  ['is truncated', JSON.stringify(EVIDENCE).slice(0, -3), 'EvidenceInvalid', 'is truncated'],
  [
    'is about other migrations',
    JSON.stringify({ ...EVIDENCE, bundle: 'e'.repeat(64) }),
    'RehearsalMissing',
    'migrations were added or changed',
  ],
])('a deployment whose evidence %s is refused', async (_, text, code, message) => {
  const folder = await fixtureFolder();
  const path = join(folder, 'rehearsal.json');
  if (text !== undefined) await writeFile(path, text);
  const error = await rejectionOf(readEvidence(path, folder, BUNDLE));
  expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
});
