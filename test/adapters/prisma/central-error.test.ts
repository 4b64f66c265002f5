import { describe, expect, it } from 'vitest';
import { queryError } from '../../../src/adapters/prisma/central-error.ts';

describe('queryError', () => {
  it.each(['write EPIPE', 'read ECONNRESET'])(
    'queryError classifies a socket that broke as a lost connection: %s',
    (words) => {
      const error = new Error(`\nInvalid \`prisma.tenant.count()\` invocation:\n\n\n${words}`);
      expect(
        queryError(error, { host: 'db1', port: 3306, database: 'central', user: 'runs' }),
      ).toMatchObject({ code: 'CentralDatabaseLost', retryable: true });
    },
  );
});
