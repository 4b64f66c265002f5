// Migrates one database with gh-ost, in a process of its own that a test kills. Arguments: the login, the path of
// gh-ost, and the login of gh-ost, in JSON.
import { createGhostProgram } from '../../../../src/adapters/ghost/ghost-program.ts';
import { createTlsChooser } from '../../../../src/adapters/mysql/connection/tls.ts';
import { createTenantDatabases } from '../../../../src/adapters/mysql/tenant-databases.ts';
import { migrateDatabase } from '../../../../src/core/migrate/migrate-database.ts';
import { CHANGE } from './big-change.ts';

const { login, path, as } = JSON.parse(process.argv[2] ?? '');
const attempt = await migrateDatabase(
  login,
  {
    runId: 'killed',
    bundle: CHANGE,
    request: {
      command: 'migrate',
      strict: false,
      allowMissing: false,
      lockWaitTimeoutSeconds: 5,
      safety: { onlineChange: 'external' },
    },
  },
  {
    databases: createTenantDatabases({
      connectTimeoutMs: 5_000,
      tls: createTlsChooser({ mode: 'auto' }),
      online: {
        program: createGhostProgram({ path, certificatesFor: () => undefined, env: process.env }),
        findLogin: async (tenant) => ({ ...tenant, ...as }),
      },
    }),
  },
);
process.stdout.write(`${JSON.stringify(attempt)}\n`);
