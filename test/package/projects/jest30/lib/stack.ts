import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TenantMigrations } from 'fanfold/cdk';

/** As `cdk init app --language typescript` has it, with the construct in it. */
export class TheirStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    new TenantMigrations(this, 'Migrations', { migrationsFolder: './migrations/tenant' });
  }
}
