import { expect, it } from 'vitest';
import { centralSchema, prismaFacts } from '../../support/schema/prisma-facts.ts';

/** Replaces a text that must exist: a change without effect would prove nothing. */
function change(schema: string, text: string | RegExp, replacement: string): string {
  expect(schema).toMatch(text);
  return schema.replace(text, replacement);
}

// The counterpart of schema-agreement.db.test.ts: the compared description changes with the schema
// too. All changes are made at once, because Prisma takes seconds to read a schema on a busy machine.
it('the compared description of the Prisma schema changes with the schema', {
  timeout: 30_000,
}, () => {
  const before = prismaFacts(centralSchema);
  let changed = change(centralSchema, /^ {2}lastRunId .*$/m, '  region String? @db.VarChar(32)');
  changed = change(changed, 'Int      @default(3306)', 'Int?     ');
  changed = change(changed, /@unique (.*VarChar)\(190\)/, '$1(191)');
  changed = change(changed, '@@index([tenantId])', '');
  changed = change(changed, 'onDelete: Restrict', 'onDelete: SetNull');

  const after = prismaFacts(changed);

  expect(before.fanfold_tenants?.columns).toHaveProperty('lastRunId', 'varchar(128) null');
  expect(before.tenants?.columns).toMatchObject({
    dbPort: 'smallint unsigned not null default 3306',
    slug: 'varchar(190) not null',
  });
  expect(after.fanfold_tenants?.columns).toHaveProperty('region', 'varchar(32) null');
  expect(after.tenants?.columns).toMatchObject({
    dbPort: 'smallint unsigned null',
    slug: 'varchar(191) not null',
  });
  expect(after.fanfold_tenants?.columns).not.toHaveProperty('lastRunId');
  expect(before.tenants?.keys).toContain('unique (slug)');
  expect(after.tenants?.keys).not.toContain('unique (slug)');
  expect(before.users?.keys).toContain('index (tenantId)');
  expect(after.users?.keys).not.toContain('index (tenantId)');
  expect(before.users?.foreignKeys).not.toEqual(after.users?.foreignKeys);
});
