import { type IResource, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Refuses what is in another region than the stack, by the name of the property: functions and alarms reach secrets,
 * topics and event buses of their own region only, and would fail in the middle of a run. What is known at deployment
 * only is not checked.
 */
export function refuseOtherRegion(
  scope: IConstruct,
  given: Readonly<Record<string, IResource | undefined>>,
): void {
  const { region } = Stack.of(scope);
  for (const [property, resource] of Object.entries(given)) {
    if (resource === undefined || !differs(resource.env.region, region)) continue;
    throw new Error(
      `"${property}" of ${scope.node.path} is in ${resource.env.region}, and the stack is in ${region}, whose functions and alarms reach only what is there. Give one of ${region}: a secret can be replicated to it, and a topic or an event bus of it can pass messages on.`,
    );
  }
}

/** Whether two regions or accounts are known, and are not the same. */
export function differs(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}
