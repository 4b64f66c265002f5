import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  assertTenantReady,
  FanfoldError,
  loadMigrationsFolder,
  runTenantMigrations,
  TenantMigrationError,
  type TenantRow,
} from 'fanfold/service';

/** The service of the guide, as its readers have copied it. */
@Injectable()
export class TenantsService {
  async migrate(tenant: TenantRow): Promise<string[]> {
    const { applied } = await runTenantMigrations(tenant, { migrations: './migrations/tenant' });
    return applied.map(({ name }) => name);
  }

  async serve(tenant: TenantRow): Promise<void> {
    const bundle = await loadMigrationsFolder('./migrations/tenant');
    try {
      const login = () => tenant;
      await assertTenantReady({ slug: 'acme', schemaVersion: null, login }, bundle);
    } catch (error) {
      if (error instanceof FanfoldError && error.retryable) {
        throw new ServiceUnavailableException(error.message);
      }
      throw error;
    }
  }

  explain(error: unknown): string {
    if (error instanceof TenantMigrationError) return `${error.code} in ${error.failure.migration}`;
    return error instanceof FanfoldError ? error.code : 'unknown';
  }
}
