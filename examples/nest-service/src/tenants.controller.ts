import { BadGatewayException, BadRequestException, Body, Controller, Post } from '@nestjs/common';
import { isFanfoldError, provisionTenant } from 'fanfold/service';
import { CentralDatabase } from './central-database';

interface SignUp {
  readonly slug?: string;
  readonly name?: string;
}

@Controller('tenants')
export class TenantsController {
  constructor(private readonly central: CentralDatabase) {}

  /** Signs a tenant up: from its row to a migrated database that takes requests. */
  @Post()
  async signUp(@Body() { slug, name }: SignUp) {
    if (!slug || !name) throw new BadRequestException('A tenant has a "slug" and a "name".');
    const id = await this.central.addTenant(slug, name);
    try {
      const { status, applied } = await provisionTenant(id);
      return { id, slug, status, applied: applied.map((migration) => migration.name) };
    } catch (error) {
      if (!isFanfoldError(error)) throw error;
      // The row stays, and `npx fanfold tenant:provision <slug>` continues from there.
      throw new BadGatewayException({ code: error.code, message: error.message });
    }
  }
}
