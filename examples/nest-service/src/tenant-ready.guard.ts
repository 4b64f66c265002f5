import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Injectable,
  NotFoundException,
} from '@nestjs/common';
import { assertTenantReady, isFanfoldError, loadMigrationsFolder } from 'fanfold/service';
import { CentralDatabase, type Tenant } from './central-database';

/** A request of a tenant, which the guard has found. */
export interface TenantRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  tenant?: Tenant;
}

/**
 * Lets a request through if its tenant has the migrations that this build needs. While a fleet is being
 * migrated, only the tenants that are not there yet are answered with 503.
 */
@Injectable()
export class TenantReadyGuard implements CanActivate {
  private readonly migrations = loadMigrationsFolder('./migrations/tenant');
  /** A tenant that was ready once stays so for this build. */
  private readonly ready = new Set<string>();

  constructor(private readonly central: CentralDatabase) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<TenantRequest>();
    const slug = request.headers['x-tenant'] ?? '';
    const tenant = await this.central.findTenant(slug);
    if (tenant === undefined) throw new NotFoundException(`There is no tenant "${slug}".`);
    request.tenant = tenant;
    if (this.ready.has(tenant.id)) return true;
    const { schemaVersion } = tenant;
    try {
      // Asks the tenant's own database only if its row is not up to date.
      await assertTenantReady({ slug, schemaVersion, login: () => tenant }, await this.migrations);
    } catch (error) {
      if (!isFanfoldError(error) || !error.retryable) throw error;
      http.getResponse<{ header(name: string, value: string): void }>().header('Retry-After', '10');
      throw new HttpException({ code: error.code, message: error.message }, 503);
    }
    this.ready.add(tenant.id);
    return true;
  }
}
