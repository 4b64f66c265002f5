/**
 * Remembers the global names and the environment of this process. The function that is returned restores them, so
 * that the next migration finds nothing of this one, as in another process.
 */
export function rememberProcessState(): () => void {
  const names = new Set(Object.getOwnPropertyNames(globalThis));
  const env = { ...process.env };
  return () => {
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      if (!names.has(name)) Reflect.deleteProperty(globalThis, name);
    }
    for (const name of Object.keys(process.env)) {
      if (!(name in env)) delete process.env[name];
    }
    for (const [name, value] of Object.entries(env)) {
      if (process.env[name] !== value) process.env[name] = value;
    }
  };
}
