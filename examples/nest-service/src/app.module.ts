import { Module } from '@nestjs/common';
import { CentralDatabase } from './central-database';
import { TasksController } from './tasks.controller';
import { TenantDatabases } from './tenant-databases';
import { TenantReadyGuard } from './tenant-ready.guard';
import { TenantsController } from './tenants.controller';

@Module({
  controllers: [TenantsController, TasksController],
  providers: [CentralDatabase, TenantDatabases, TenantReadyGuard],
})
export class AppModule {}
