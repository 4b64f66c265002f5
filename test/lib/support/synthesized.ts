import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseConfig } from '../../../lib/parse-config.ts';
import { TenantMigrations, type TenantMigrationsProps } from '../../../lib/tenant-migrations.ts';
import { TenantMigrationsStack } from '../../../lib/tenant-migrations-stack.ts';

type Properties = Record<string, unknown>;

/** A resource of a template. */
export interface Resource {
  readonly id: string;
  readonly Type: string;
  readonly Properties: Properties;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

/** The template of the app's stack in a configuration. */
export function templateOf(config: Properties = {}): Template {
  const app = new App();
  const stack = new TenantMigrationsStack(app, 'Stack', { config: parseConfig(config) });
  return Template.fromStack(stack);
}

/** A configuration of test/lib/fixtures. */
export function fixture(name: 'everything' | 'existing-vpc'): Properties {
  return JSON.parse(readFileSync(`test/lib/fixtures/${name}.json`, 'utf8'));
}

/** The construct in a stack of somebody else. */
export function construct(
  props: Partial<TenantMigrationsProps> = {},
  stackName = 'Theirs',
): { readonly stack: Stack; readonly migrations: TenantMigrations } {
  const stack = new Stack(new App(), stackName);
  const migrations = new TenantMigrations(stack, 'Migrations', {
    migrationsFolder: 'demo/migrations',
    ...props,
  });
  return { stack, migrations };
}

/** All resources of a type, or of all types. */
export function resourcesOf(template: Template, type?: string): Resource[] {
  const { Resources } = template.toJSON() as { Resources: Record<string, Omit<Resource, 'id'>> };
  return Object.entries(Resources)
    .map(([id, resource]) => ({ id, ...resource, Properties: resource.Properties ?? {} }))
    .filter(({ Type }) => type === undefined || Type === type);
}

/** A value of a template as text, with `<Id>` and `<Id.Attribute>` for what is known at deployment. */
export function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const node = value as Record<string, unknown> | undefined;
  const join = node?.['Fn::Join'] as [string, unknown[]] | undefined;
  if (join !== undefined) return join[1].map(flat).join(join[0]);
  const attribute = node?.['Fn::GetAtt'] as string[] | undefined;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  return node?.Ref === undefined ? JSON.stringify(value) : `<${node.Ref}>`;
}

/** The definition of the deployed state machine, with placeholders for what it names. */
export function deployedDefinition(template: Template): Record<string, unknown> {
  const [machine] = resourcesOf(template, 'AWS::StepFunctions::StateMachine').filter(
    ({ Properties }) => /-tenant-migrations$/.test(String(Properties.StateMachineName)),
  );
  return JSON.parse(flat(machine?.Properties.DefinitionString));
}
