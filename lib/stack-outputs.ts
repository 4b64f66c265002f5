import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { STACK_OUTPUTS } from '../src/core/wire/stack-outputs.ts';

/** What `--aws <stack>` reads of the stack, where it has it. The keys are as they stand, wherever the construct is. */
export class StackOutputs extends Construct {
  constructor(
    scope: Construct,
    id: string,
    values: Readonly<Record<keyof typeof STACK_OUTPUTS, string | undefined>>,
  ) {
    super(scope, id);
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue;
      const key = STACK_OUTPUTS[name as keyof typeof STACK_OUTPUTS];
      new CfnOutput(this, key, { value }).overrideLogicalId(key);
    }
  }
}
