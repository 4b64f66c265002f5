import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectThat, type InstalledExample } from './example.ts';

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>
  >;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/** Type-checks and synthesizes the CDK example, and looks for its parts in the template and the assets. */
export async function checkCdkApp({ project, run }: InstalledExample): Promise<void> {
  await run('node node_modules/typescript/bin/tsc --project .');
  await run('npx cdk synth --quiet', { AWS_REGION: 'eu-west-1' });
  const template: Template = JSON.parse(
    readFileSync(join(project, 'cdk.out/Fleet.template.json'), 'utf8'),
  );
  const resources = Object.values(template.Resources);
  const ofType = (type: string) => resources.filter((resource) => resource.Type === type);
  for (const [type, count] of [
    ['AWS::StepFunctions::StateMachine', 1],
    ['AWS::EC2::VPC', 1],
    ['AWS::RDS::DBInstance', 1],
    ['AWS::EC2::NatGateway', 0],
  ] as const) {
    const found = ofType(type).length;
    expectThat(found === count, `${count} of ${type}`, found);
  }
  // The construct takes the application's VPC: all functions that reach databases are in it.
  const inVpc = ofType('AWS::Lambda::Function')
    .filter(({ Properties }) => Properties?.VpcConfig)
    .map(({ Properties }) => String(Properties?.FunctionName).replace(/^[^-]*-/, ''))
    .sort()
    .join(' ');
  expectThat(
    inVpc ===
      'inspect-tenants list-tenants migrate-tenant move-tenants resolve-tenant set-passwords watch-digests',
    'the functions for tenants in the VPC',
    inVpc,
  );
  const rules = JSON.stringify(ofType('AWS::EC2::SecurityGroupIngress'));
  expectThat(/"FromPort":\{"Fn::GetAtt":\["Server/.test(rules), 'a rule for the server', rules);
  const bundled = globSync('cdk.out/asset.*/**/*.{js,mjs,cjs}', { cwd: project })
    .map((file) => readFileSync(join(project, file), 'utf8'))
    .filter((text) => text.includes('20250127120000_add_priority_to_tasks'));
  expectThat(bundled.length > 0, 'the TypeScript migrations in the functions', bundled.length);
}
