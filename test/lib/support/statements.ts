import type { Template } from 'aws-cdk-lib/assertions';
import { flat, resourcesOf } from './synthesized.ts';

/** A statement of a role's policy, as text that can be compared. */
export interface Statement {
  /** Id of the role, without the hash. */
  readonly role: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: unknown;
}

/** All statements of the policies of roles. */
export function statementsOf(template: Template): Statement[] {
  return resourcesOf(template, 'AWS::IAM::Policy').flatMap(({ Properties }) => {
    const { Statement: statements } = Properties.PolicyDocument as { Statement: object[] };
    const [role] = Properties.Roles as unknown[];
    return statements.map((statement) => {
      const { Effect, Action, Resource, Condition } = statement as Record<string, unknown>;
      return {
        role: flat(role).replace(/^<(?:Migrations)?|Role[0-9A-F]{8}>$|[0-9A-F]{8}>$/g, ''),
        effect: String(Effect),
        actions: [Action].flat().map(String).sort(),
        resources: [Resource]
          .flat()
          .map((resource) => flat(resource).replace(/[0-9A-F]{8}(?=[.>])/g, '')),
        conditions: Condition,
      };
    });
  });
}
