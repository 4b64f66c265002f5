import { Lazy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ENVIRONMENT } from '../src/core/wire/environment.ts';
import { MigrationFunction } from './migration-function.ts';
import { StackOutputs } from './stack-outputs.ts';

/** Tells the functions of a construct the name with which `--aws` finds it, for commands in their texts. */
export function tellStack(construct: Construct, prefix: string): void {
  const stack = Stack.of(construct);
  // Another construct of the stack may be made later.
  const name = Lazy.string({
    produce: () => {
      const all = stack.node.findAll().filter((other) => other instanceof StackOutputs);
      return all.length > 1 ? `${stack.stackName}/${prefix}` : stack.stackName;
    },
  });
  for (const each of construct.node.findAll()) {
    if (each instanceof MigrationFunction) each.lambda.addEnvironment(ENVIRONMENT.stack, name);
  }
}
