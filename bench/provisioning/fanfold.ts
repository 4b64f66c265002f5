import { randomBytes } from 'node:crypto';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { usingCentralDatabase } from '../../src/adapters/prisma/central-database.ts';
import { provisioningParts } from '../../src/compose/provisioning-parts.ts';
import { createBundle, sourceChecksum } from '../../src/core/bundle/bundle.ts';
import { EncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { fixedKeyRing } from '../../src/core/encryption/key-ring.ts';
import { beginProvisioning } from '../../src/core/provision/begin-provisioning.ts';
import { provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import { forEachBounded } from '../for-each-bounded.ts';
import { FIVE_TABLES } from '../tenant-migrations.ts';
import type { ProvisioningWay } from './provisioning-way.ts';

const BUNDLE = createBundle(
  FIVE_TABLES.map(({ id, up, down }) => ({
    id,
    extension: '.js',
    checksum: sourceChecksum(id),
    load: async () => ({ up, down }),
  })),
);

/** Provisioning as an API server does it: one process, each step with all checks, locks and marks. */
export function fanfoldWay(concurrency: number): ProvisioningWay {
  return {
    name: 'fanfold',
    title: 'Fanfold',
    concurrency,
    async make(names, { server, central }, signal) {
      const { host, port } = server;
      const connection = { connectTimeoutMs: 10_000, tls: createTlsChooser({ mode: 'off' }) };
      const key = new EncryptionKey(randomBytes(32));
      const keyRing = fixedKeyRing({ active: 'k1', v1: 'k1', keys: new Map([['k1', key]]) });
      const login = { ...server, database: central };
      await usingCentralDatabase({ login }, async ({ provisioning: registry }) => {
        const parts = await provisioningParts({
          tenants: { ...connection, keyRing },
          passwordFormat: 'v1',
          admins: { find: async () => server },
        });
        const provisioning = { ...parts, registry, bundle: BUNDLE };
        await forEachBounded(names, concurrency, signal, async (name) => {
          const draft = { slug: name, host, port, database: name, user: name };
          const id = await beginProvisioning(draft, provisioning);
          const outcome = await provisionTenant(id, provisioning, signal);
          // A failure would look fast.
          if (outcome.status !== 'active') throw new Error(JSON.stringify(outcome));
        });
      });
    },
  };
}
