import { createCipheriv, randomBytes } from 'node:crypto';
import type { TenantRow } from 'fanfold/service';

/** A row as the guide's provisioning service writes it, for a database that the tests have created. */
export function tenantOfEnvironment(): TenantRow {
  const url = new URL(process.env.TENANT_URL ?? '');
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', process.env.DB_ENCRYPTION_KEY ?? '', iv);
  const encrypted = Buffer.concat([cipher.update(url.password, 'utf8'), cipher.final()]);
  return {
    dbHost: url.hostname,
    dbPort: url.port,
    dbName: url.pathname.slice(1),
    dbUser: url.username,
    dbPassword: `${iv.toString('hex')}:${encrypted.toString('hex')}`,
  };
}
