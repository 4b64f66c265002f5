import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { bundleLambdas } from '../../lib/bundle-lambdas.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { thrownBy } from '../support/thrown-by.ts';
import { construct, resourcesOf } from './support/synthesized.ts';

// With the real bundler, on a machine that may be small and busy.
const patient = { timeout: 120_000 };

describe('a file of certificates', () => {
  it(
    'a file of certificates travels with the functions that reach databases, where Node reads it',
    patient,
    async () => {
      const folder = await fixtureFolder({ 'ca.pem': `${rootCertificates[0]}\n` });
      const certificatesFile = join(folder, 'ca.pem');
      const { assets } = bundleLambdas({ migrationsFolder: 'demo/migrations', certificatesFile });
      const { stack } = construct({ certificatesFile });

      const functions = resourcesOf(Template.fromStack(stack), 'AWS::Lambda::Function');
      const told = functions.filter(({ Properties }) => {
        const { Variables } = (Properties.Environment ?? {}) as { Variables?: object };
        return Variables !== undefined && 'NODE_EXTRA_CA_CERTS' in Variables;
      });
      const names = told.map(({ Properties }) => String(Properties.FunctionName));
      expect(names.sort()).toEqual([
        'Theirs-inspect-tenants',
        'Theirs-list-tenants',
        'Theirs-migrate-tenant',
        'Theirs-move-tenants',
        'Theirs-resolve-tenant',
        'Theirs-set-passwords',
        'Theirs-watch-digests',
      ]);
      for (const name of [
        'list-tenants',
        'migrate-tenant',
        'watch-digests',
        'provision-tenant',
        'operate',
      ] as const) {
        const copy = await readFile(join(assets[name], 'certificates.pem'), 'utf8');
        expect(copy).toBe(`${rootCertificates[0]}\n`);
      }
      await expect(readFile(join(assets['settle-run'], 'certificates.pem'))).rejects.toThrow();
    },
  );

  it('a missing file of certificates fails the synthesis', patient, () => {
    expect(thrownBy(() => construct({ certificatesFile: 'nowhere.pem' }))).toMatchObject({
      name: 'CaUnreadable',
      message: expect.stringContaining('nowhere.pem'),
    });
  });
});
