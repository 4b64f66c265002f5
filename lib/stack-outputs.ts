import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { STACK_OUTPUTS } from '../src/core/wire/stack-outputs.ts';

/**
 * The outputs by which `--aws <stack>` finds a construct, wherever in the stack it is. Those of a second
 * construct have the letters and digits of its prefix after their names: `--aws <stack>/<prefix>`.
 */
export class StackOutputs extends Construct {
  /** Name of the output with the hash of the migrations. */
  readonly bundleHashKey: string;

  constructor(
    scope: Construct,
    id: string,
    prefix: string,
    values: Readonly<Record<keyof typeof STACK_OUTPUTS, string | undefined>>,
  ) {
    super(scope, id);
    const isSecond = Stack.of(this)
      .node.findAll()
      .some((other) => other instanceof StackOutputs && other !== this);
    const suffix = isSecond ? prefix.replaceAll('-', '') : '';
    this.bundleHashKey = `${STACK_OUTPUTS.bundleHash}${suffix}`;
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue;
      const key = `${STACK_OUTPUTS[name as keyof typeof STACK_OUTPUTS]}${suffix}`;
      new CfnOutput(this, key, { value }).overrideLogicalId(key);
    }
  }
}
