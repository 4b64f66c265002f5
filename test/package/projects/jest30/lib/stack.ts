import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TenantMigrations } from 'fanfold/cdk';

/** The stack that `cdk init app --language typescript` creates, with the construct added. */
export class TheirStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    new TenantMigrations(this, 'Migrations', { migrationsFolder: './migrations/tenant' });
  }
}
