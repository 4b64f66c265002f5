/** Stands for what cannot be put into words without running somebody's code that fails. */
const UNSHOWABLE = 'a value that cannot be shown';

/**
 * Puts a thrown value into words: `Error: message`, or the value as text. Whatever it is (`null`, a
 * revoked Proxy, an error whose getters or `toString` throw), this never throws.
 */
export function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error
      ? `${String(thrown.name)}: ${String(thrown.message)}`
      : String(thrown);
  } catch {
    return UNSHOWABLE;
  }
}

/** A property of what was thrown; `undefined` if reading it fails. */
export function thrownProperty(thrown: unknown, name: string): unknown {
  try {
    return (thrown as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}
