import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { createPasswordOpener, fixedKeyRing, parseKeyRing } from 'fanfold/service';
import { createPool, type Pool } from 'mysql2/promise';
import type { Tenant } from './central-database';

/** A pool of connections for each tenant with requests. */
@Injectable()
export class TenantDatabases implements OnModuleDestroy {
  private readonly passwords = createPasswordOpener(
    fixedKeyRing(parseKeyRing(process.env.DB_ENCRYPTION_KEY ?? '')),
  );
  private readonly pools = new Map<string, Promise<Pool>>();

  /** The pool of a tenant, whose password is opened with the first request. */
  of(tenant: Tenant): Promise<Pool> {
    let pool = this.pools.get(tenant.id);
    if (pool === undefined) {
      pool = this.open(tenant);
      this.pools.set(tenant.id, pool);
      // The next request tries again.
      pool.catch(() => this.pools.delete(tenant.id));
    }
    return pool;
  }

  private async open(tenant: Tenant): Promise<Pool> {
    const address = {
      host: tenant.dbHost,
      port: tenant.dbPort,
      database: tenant.dbName,
      user: tenant.dbUser,
    };
    const password = await this.passwords.open({
      id: tenant.id,
      address,
      encryptedPassword: tenant.dbPassword,
    });
    return createPool({ ...address, password, connectionLimit: 5 });
  }

  async onModuleDestroy(): Promise<void> {
    for (const pool of this.pools.values()) await (await pool).end();
  }
}
