import { Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Refuses what is in another region than the stack, by the name of the property: functions and alarms reach secrets,
 * topics and event buses of their own region only, and would fail in the middle of a run. What is known at deployment
 * only is not checked.
 */
export function refuseOtherRegion(
  scope: IConstruct,
  arns: Readonly<Record<string, string | undefined>>,
): void {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region)) return;
  for (const [property, arn] of Object.entries(arns)) {
    const other = regionOf(arn);
    if (other === undefined || other === region) continue;
    throw new Error(
      `"${property}" of ${scope.node.path} is in ${other}, and the stack is in ${region}, whose functions and alarms reach only what is there. Give one of ${region}: a secret can be replicated to it, and a topic or an event bus of it can pass messages on.`,
    );
  }
}

function regionOf(arn: string | undefined): string | undefined {
  if (arn === undefined || Token.isUnresolved(arn)) return undefined;
  // Names of secrets may have any character, but the parts before them have none.
  const { region } = Arn.split(arn, ArnFormat.NO_RESOURCE_NAME);
  return region === '' || Token.isUnresolved(region) ? undefined : region;
}
