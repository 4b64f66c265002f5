import { describe, expect, it } from 'vitest';
import { namedOrAll } from '../../src/cli/named-or-all.ts';
import type { TenantDirectory } from '../../src/core/ports.ts';
import { rejectionOf } from '../support/thrown-by.ts';

describe('namedOrAll', () => {
  it('refuses hosts beside names, before it asks for anybody', async () => {
    const directory = {} as TenantDirectory;
    const choosing = namedOrAll(directory, ['acme'], {
      hosts: ['db1'],
      command: 'migrate:baseline',
    });
    expect(await rejectionOf(choosing)).toMatchObject({
      code: 'RequestInvalid',
      nextStep: 'Name the tenants, or: `fanfold migrate:baseline all --hosts <hosts>`',
    });
  });
});
