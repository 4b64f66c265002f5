/** The names of global objects that all code of a process shares. */
const GLOBALS = [
  'Date',
  'Promise',
  'Error',
  'Object',
  'Array',
  'Map',
  'Set',
  'JSON',
  'Math',
  'Buffer',
  'URL',
  'process',
  'console',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'queueMicrotask',
  'structuredClone',
  'fetch',
] as const;

/** Objects with widely used methods. */
const HOLDERS: readonly object[] = [
  Array.prototype,
  String.prototype,
  Object.prototype,
  Function.prototype,
  Promise.prototype,
  Map.prototype,
  Set.prototype,
  RegExp.prototype,
  Date.prototype,
  Error.prototype,
  Array,
  Object,
  Promise,
  Date,
  JSON,
  Math,
];

interface Kept {
  readonly holder: Readonly<Record<PropertyKey, unknown>>;
  readonly name: PropertyKey;
  value: unknown;
}

const KEPT: readonly Kept[] = [
  ...GLOBALS.flatMap((name) => keep(globalThis, name)),
  ...HOLDERS.flatMap((holder) => Reflect.ownKeys(holder).flatMap((name) => keep(holder, name))),
];

const startedIn = workingDirectory();

/**
 * Restores process-wide state that a migration has changed: globals such as `Date`, methods of built-in objects,
 * and the working directory. Additions stay, because they do no harm. Takes a few microseconds if nothing has
 * changed.
 */
export function restoreSharedGlobals(): void {
  for (const { holder, name, value } of KEPT) {
    if (holder[name] !== value) restore(holder, name, value);
  }
  if (startedIn !== undefined && workingDirectory() !== startedIn) process.chdir(startedIn);
}

/** Replaces a global object by Fanfold's own, which is then the one that is restored. */
export function replaceGlobal(name: (typeof GLOBALS)[number], value: unknown): void {
  for (const kept of KEPT) {
    if (kept.holder === globalThis && kept.name === name) kept.value = value;
  }
  restore(globalThis, name, value);
}

function restore(holder: object, name: PropertyKey, value: unknown): void {
  const now = Object.getOwnPropertyDescriptor(holder, name);
  if (now?.configurable === false) return;
  Object.defineProperty(holder, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: now?.enumerable ?? false,
  });
}

/** Keeps a property for restoring, if it is a plain, configurable one; getters are left alone. */
function keep(holder: object, name: PropertyKey): Kept[] {
  const property = Object.getOwnPropertyDescriptor(holder, name);
  if (property?.configurable !== true || !('value' in property)) return [];
  return [{ holder: holder as Kept['holder'], name, value: property.value }];
}

/** The working directory; `undefined` if it was deleted. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
