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

/** Prefixes by stack, as far as all names differ by them, with the construct that has each. */
const claims = new WeakMap<
  Stack,
  Map<string, { readonly prefix: string; readonly path: string }>
>();

function claim(construct: Construct, prefix: string): void {
  const stack = Stack.of(construct);
  const taken = claims.get(stack) ?? new Map();
  // Names of outputs have no hyphens, and those of buckets no capital letters.
  const plain = prefix.replaceAll('-', '').toLowerCase();
  const owner = taken.get(plain);
  if (owner !== undefined) {
    const same =
      owner.prefix === prefix
        ? `both begin their names with "${prefix}"`
        : `begin their names with "${prefix}" and "${owner.prefix}", whose outputs would be the same`;
    throw new Error(
      `${construct.node.path} and ${owner.path} ${same}. Give one of them another "prefix".`,
    );
  }
  claims.set(stack, taken.set(plain, { prefix, path: construct.node.path }));
}
