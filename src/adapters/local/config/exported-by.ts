/**
 * The settings that a configuration file or a knexfile exports. Unwraps the default export (also of a
 * module that a compiler wrapped twice), promises, and the result of an exported function.
 */
export async function exportedBy(module: unknown): Promise<unknown> {
  let exported = await module;
  for (let depth = 0; depth < 2; depth++) {
    if (typeof exported !== 'object' || exported === null) break;
    const { default: inner } = exported as { default?: unknown };
    if (inner === undefined || inner === null) break;
    exported = await inner;
  }
  return typeof exported === 'function' ? exported() : exported;
}
