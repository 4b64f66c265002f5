/** Keys of settings whose values are passwords. */
const KEYS = /^(?:password[1-3]?|passwordSha1|passwd|pass|pwd)$/i;

/** Settings are searched down to this depth. */
const DEEPEST = 6;

/** All passwords in the settings of every environment, also those in URLs. */
export function passwordsIn(settings: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  look(settings, '', 0);
  return found;

  function look(value: unknown, key: string, depth: number): void {
    if (typeof value === 'string') {
      if (KEYS.test(key) && value !== '') found.add(value);
      if (value.includes('://') && URL.canParse(value)) {
        const { password } = new URL(value);
        if (password !== '') found.add(decodeURIComponent(password));
      }
    } else if (typeof value === 'object' && value !== null && depth < DEEPEST) {
      for (const [name, each] of Object.entries(value)) look(each, name, depth + 1);
    }
  }
}
