import { Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** A statement of a policy. */
export interface Right {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, unknown>>;
  /** The reason for a wildcard in the resources, if there is one. */
  readonly wildcard?: string;
}

/** Adds a right to a grantee's policy, and tells cdk-nag the reason for each wildcard. */
export function allow(grantee: IGrantable, right: Right): void {
  const { actions, resources, conditions = {}, wildcard } = right;
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: [...actions], resources: [...resources], conditions }),
  );
  if (wildcard !== undefined && Construct.isConstruct(grantee)) {
    acknowledgeWildcards(grantee, resources, wildcard);
  }
}

/** Acknowledges those of the resources that have a wildcard. */
export function acknowledgeWildcards(
  construct: IConstruct,
  resources: readonly string[],
  reason: string,
): void {
  for (const resource of resources) {
    const finding = findingOf(construct, resource);
    if (finding.includes('*')) {
      acknowledge(construct, { [`AwsSolutions-IAM5[Resource::${finding}]`]: reason });
    }
  }
}

/** An ARN as cdk-nag writes it in the name of a finding. */
export function findingOf(construct: IConstruct, arn: string): string {
  return asFinding(Stack.of(construct).resolve(arn));
}

function asFinding(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const node = resolved as {
    readonly Ref?: string;
    readonly 'Fn::GetAtt'?: readonly [string, string];
    readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  };
  if (node['Fn::Join'] !== undefined) {
    return node['Fn::Join'][1].map(asFinding).join(node['Fn::Join'][0]);
  }
  if (node['Fn::GetAtt'] !== undefined) return `<${node['Fn::GetAtt'].join('.')}>`;
  return node.Ref === undefined ? JSON.stringify(node) : `<${node.Ref}>`;
}
