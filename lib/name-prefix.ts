import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The longest name consists of it and `-tenant-migrations`; Lambda allows 64 characters. */
const PREFIX = /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/;

/**
 * The beginning of all names of a construct: the given one, else the stack's name. Throws if that is not one,
 * or if another construct of the stack has it.
 */
export function namePrefix(construct: Construct, given: string | undefined): string {
  const prefix = given ?? Stack.of(construct).stackName;
  if (!Token.isUnresolved(prefix) && PREFIX.test(prefix)) {
    claim(construct, prefix);
    return prefix;
  }
  const shown = Token.isUnresolved(prefix) ? 'known at deployment only' : JSON.stringify(prefix);
  throw new Error(
    `The names of ${construct.node.path} begin with the stack's name, which is ${shown}; it must be 1 to 40 letters, digits and hyphens. Give "prefix" another beginning.`,
  );
}

/** Prefixes by stack, with the construct that has each. */
const claims = new WeakMap<Stack, Map<string, string>>();

function claim(construct: Construct, prefix: string): void {
  const stack = Stack.of(construct);
  const taken = claims.get(stack) ?? new Map<string, string>();
  const owner = taken.get(prefix);
  if (owner !== undefined) {
    throw new Error(
      `${construct.node.path} and ${owner} both begin their names with "${prefix}". Give one of them another "prefix".`,
    );
  }
  claims.set(stack, taken.set(prefix, construct.node.path));
}
