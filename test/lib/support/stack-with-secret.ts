import { App, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { TenantMigrations, type TenantMigrationsProps } from '../../../lib/tenant-migrations.ts';
import { resourcesOf } from './synthesized.ts';

/** The ARN of a secret that somebody else has made. */
export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:reader-AbCdEf';

/** A stack `Theirs` with the construct, whose props may have that secret. */
export function stackWith(props: (secret: ISecret) => Partial<TenantMigrationsProps>): Stack {
  const stack = new Stack(new App(), 'Theirs');
  const secret = Secret.fromSecretCompleteArn(stack, 'Reader', SECRET_ARN);
  new TenantMigrations(stack, 'Migrations', {
    migrationsFolder: 'demo/migrations',
    ...props(secret),
  });
  return stack;
}

/** A variable of the migrator's environment. */
export function migratorVariable(template: Template, name: string): string | undefined {
  const [migrator] = resourcesOf(template, 'AWS::Lambda::Function')
    .filter(({ Properties }) => Properties.FunctionName === 'Theirs-migrate-tenant')
    .map(({ Properties }) => Properties.Environment as { Variables: Record<string, string> });
  return migrator?.Variables[name];
}

/** Logical ids of the policies that name the secret. */
export function secretPolicies(template: Template): string[] {
  return Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([, policy]) => JSON.stringify(policy).includes(SECRET_ARN))
    .map(([id]) => id);
}
