/** Own properties that are left out of a description, by the name of the class that has them. */
export type LeftOut = Readonly<Record<string, readonly (string | RegExp)[]>>;

/**
 * All that code can see of a value, as data that can be compared: its type, its class, the chain of its
 * prototypes, and all own properties, those that are not enumerable included. Of errors the first line
 * of the stack: the rest says where the program was.
 */
export function describeValue(value: unknown, leftOut: LeftOut = {}): unknown {
  return describe(value, leftOut, new Set());
}

function describe(value: unknown, leftOut: LeftOut, seen: Set<object>): unknown {
  if (typeof value === 'function') return `function ${value.name}/${value.length}`;
  if (typeof value !== 'object' || value === null) {
    return `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`;
  }
  if (seen.has(value)) return 'seen before';
  seen.add(value);
  const classes = classesOf(value);
  if (isSilent((value as Header).stateChanges))
    return describe(withoutChanges(value), leftOut, seen);
  if (Buffer.isBuffer(value)) return { classes, bytes: value.toString('hex') };
  if (value instanceof Date) return { classes, time: value.getTime() };
  if (Array.isArray(value) && value.length > 200) return { classes, length: value.length };
  const hidden = classes.flatMap((name) => leftOut[name] ?? []);
  const properties = Reflect.ownKeys(value)
    .filter((key) => !hidden.some((each) => matches(each, String(key))))
    .map((key) => {
      const { value: held, enumerable, get } = Object.getOwnPropertyDescriptor(value, key) ?? {};
      const shown =
        key === 'stack' && value instanceof Error
          ? String(held ?? value.stack).split('\n', 1)[0]
          : held;
      return [
        `${String(key)}${enumerable ? '' : ' (hidden)'}`,
        get && !(key === 'stack') ? 'getter' : describe(shown, leftOut, seen),
      ];
    });
  seen.delete(value);
  return { classes, properties };
}

function classesOf(value: object): string[] {
  const names: string[] = [];
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    names.push(at.constructor?.name ?? '?');
  }
  return names;
}

function matches(pattern: string | RegExp, key: string): boolean {
  return typeof pattern === 'string' ? pattern === key : pattern.test(key);
}

interface Header {
  readonly serverStatus: number;
  readonly stateChanges?: StateChanges;
}

interface StateChanges {
  readonly systemVariables: object;
  readonly schema: unknown;
  readonly gtids: readonly unknown[];
}

/**
 * MySQL says of some DDL that the session has changed, and then not how. Of which depends on whether a
 * transaction was open and how the client connected: it is left out where it says nothing.
 */
function isSilent(changes: StateChanges | undefined): boolean {
  if (changes === undefined) return false;
  const { systemVariables, schema, gtids } = changes;
  return schema === null && gtids.length === 0 && Object.keys(systemVariables).length === 0;
}

/** SERVER_SESSION_STATE_CHANGED */
const STATE_CHANGED = 0x4000;

function withoutChanges(header: object): object {
  const { stateChanges: _, ...rest } = header as Header;
  const serverStatus = rest.serverStatus & ~STATE_CHANGED;
  return Object.assign(Object.create(Object.getPrototypeOf(header)), rest, { serverStatus });
}
