/**
 * Packages that the published package does not contain, and so depends on:
 * - `mariadb` is under the LGPL: users of the package can replace it by another version.
 * - `esbuild` is a program for one operating system.
 * - `jiti` loads its compiler from a file beside itself, and only for TypeScript that Node cannot strip.
 */
export const OUTSIDE = ['mariadb', 'esbuild', 'jiti'];

/** Packages of a CDK app, which has one copy of each. */
export const OF_A_CDK_APP = ['aws-cdk-lib', 'constructs'];

/** The names as esbuild takes them, with all files of the packages. */
export function external(names: readonly string[]): string[] {
  return names.flatMap((name) => [name, `${name}/*`]);
}
