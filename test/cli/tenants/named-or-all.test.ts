import { describe, expect, it } from 'vitest';
import { namedOrAll } from '../../../src/cli/tenants/named-or-all.ts';
import type { TenantDirectory } from '../../../src/core/ports.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

describe('namedOrAll', () => {
  it('namedOrAll refuses hosts together with names before it reads any tenant', async () => {
    const directory = {} as TenantDirectory;
    const choosing = namedOrAll(directory, ['acme'], {
      hosts: ['db1'],
      command: 'migrate:baseline',
    });
    expect(await rejectionOf(choosing)).toMatchObject({
      code: 'RequestInvalid',
      nextStep:
        'Leave --hosts out, or use it with all tenants: `fanfold migrate:baseline all --hosts <hosts>`',
    });
  });
});
