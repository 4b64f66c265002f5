import 'reflect-metadata';
import { Test } from '@nestjs/testing';
import { createConnection } from 'mysql2/promise';
import { FanfoldError, provisionTenant } from 'fanfold';
import { AppModule } from './app.module';
import { tenantOfEnvironment } from './tenant-of-environment';
import { TenantsService } from './tenants.service';

async function service(): Promise<TenantsService> {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  return module.get(TenantsService);
}

it('the service migrates a tenant, which is ready then', async () => {
  const tenants = await service();
  const tenant = tenantOfEnvironment();
  expect(await tenants.migrate(tenant)).toEqual(['1_create_a.js', '2_create_b.ts', '3_create_c.mjs']);
  expect(await tenants.migrate(tenant)).toEqual([]);
  await tenants.serve(tenant);
});

it('the service names the cause of a failure', async () => {
  const tenants = await service();
  const tenant = tenantOfEnvironment();
  const fails = (changes: object) =>
    tenants.migrate({ ...tenant, ...changes }).catch((error) => {
      expect(error).toBeInstanceOf(FanfoldError);
      return tenants.explain(error);
    });
  expect(await fails({ dbPort: 9 })).toMatch('ConnectionRefused');
  expect(await fails({ dbName: 'nosuch' })).toMatch(/DatabaseMissing|DatabaseAccessDenied/);
  expect(await fails({ dbUser: undefined })).toBe('TenantLoginInvalid');
  expect(await fails({ dbPassword: 'x' })).toMatch('PasswordFormatInvalid');
});

it('the service provisions a tenant', async () => {
  const central = await createConnection(process.env.CENTRAL_DATABASE_URL ?? '');
  try {
    const { hostname, port } = new URL(process.env.TENANT_URL ?? '');
    const slug = process.env.TENANT_SLUG;
    await central.query(
      "INSERT INTO tenants (id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES (UUID(), ?, ?, 'PROVISIONING', ?, ?, '', '', '')",
      [slug, slug, hostname, Number(port)],
    );
    const [rows] = await central.query('SELECT id FROM tenants WHERE slug = ?', [slug]);
    const [{ id }] = rows as [{ id: string }];
    const { status, applied } = await provisionTenant(id);
    expect(status).toBe('active');
    expect(applied).toHaveLength(3);
  } finally {
    await central.end();
  }
});
