/**
 * Whether two versions of Fanfold understand each other: major and minor agree. A patch only fixes, and before
 * 1.0.0 a minor may change what travels between a command line and a function.
 */
export function isSameVersion(one: string, other: string): boolean {
  return minorOf(one) === minorOf(other);
}

/** Major and minor of a version, to be installed: `1.4`. */
export function minorOf(version: string): string {
  return version.split('.', 2).join('.');
}
