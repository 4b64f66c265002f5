// The program of `npx cdk synth`: the stack that the context of cdk.json describes, held by the rules of cdk-nag.
import { App, type Environment, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { Config } from './config-schema.ts';
import { CONTEXT_KEY, parseConfig } from './parse-config.ts';
import { TenantMigrationsStack } from './tenant-migrations-stack.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
try {
  const config = parseConfig(app.node.tryGetContext(CONTEXT_KEY));
  new TenantMigrationsStack(app, config.stackName, { config, env: environmentOf(config) });
} catch (error) {
  // An error that was made to be read says all in its message; of others one needs the stack.
  if (!(error instanceof Error) || /^(Type|Range|Reference|Syntax)Error$/.test(error.name)) {
    throw error;
  }
  process.stderr.write(`\n${error.message}\n\n`);
  process.exit(1);
}

/** A VPC can only be looked up in an account; everything else fits any. */
function environmentOf(config: Config): Environment | undefined {
  if (config.vpc === undefined || config.vpc.subnets !== undefined) return undefined;
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  if (account !== undefined && region !== undefined) return { account, region };
  throw new Error(
    `"vpc.id" is ${JSON.stringify(config.vpc.id)}, which has to be looked up in an account, and there are no credentials.\nSign in to the account, or give "vpc.cidr" and "vpc.subnets" too.`,
  );
}
