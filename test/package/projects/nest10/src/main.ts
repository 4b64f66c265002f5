import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
import { tenantOfEnvironment } from './tenant-of-environment';
import { TenantsService } from './tenants.service';

async function bootstrap() {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const tenants = app.get(TenantsService);
  const tenant = tenantOfEnvironment();
  console.log(JSON.stringify(await tenants.migrate(tenant)));
  await tenants.serve(tenant);
  await app.close();
}

void bootstrap();
