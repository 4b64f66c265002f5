/** The value at each path that can be reached from a value, in words that can be compared. */
export type Walked = ReadonlyMap<string, string>;

/** How far properties of properties are followed. */
const DEPTH = 6;

/**
 * Walks everything that code can reach from a value: own properties, those that are not enumerable and
 * symbols included, and the classes of the prototype chain. Getters are read, as code would.
 *
 * @param closed paths that are not followed any further
 */
export function walkObject(root: unknown, name: string, closed: readonly RegExp[] = []): Walked {
  const found = new Map<string, string>();
  const seen = new Map<object, string>();
  const queue: [value: unknown, path: string, depth: number][] = [[root, name, 0]];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [value, path, depth] = next;
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    const known = isObject ? seen.get(value) : undefined;
    found.set(path, known === undefined ? inWords(value) : `as at ${known}`);
    if (!isObject || known !== undefined) continue;
    seen.set(value, path);
    if (depth === DEPTH || closed.some((pattern) => pattern.test(path))) continue;
    for (const key of Reflect.ownKeys(value)) {
      if (typeof value === 'function' && ['prototype', 'arguments', 'caller'].includes(String(key)))
        continue;
      const { enumerable } = Object.getOwnPropertyDescriptor(value, key) ?? {};
      const inside = `${path}.${String(key)}${enumerable ? '' : ' (hidden)'}`;
      try {
        queue.push([(value as Record<PropertyKey, unknown>)[key], inside, depth + 1]);
      } catch (error) {
        found.set(inside, `throws ${(error as Error).name}`);
      }
    }
  }
  return found;
}

/** Paths at which two walks differ, with their values. */
export function differences(expected: Walked, found: Walked): Record<string, [string, string]> {
  const different: Record<string, [string, string]> = {};
  for (const path of new Set([...expected.keys(), ...found.keys()])) {
    const pair: [string, string] = [expected.get(path) ?? 'nothing', found.get(path) ?? 'nothing'];
    if (pair[0] !== pair[1]) different[path] = pair;
  }
  return different;
}

function inWords(value: unknown): string {
  if (typeof value === 'function') return `function ${value.name}/${value.length}${chain(value)}`;
  if (typeof value === 'object' && value !== null) return `object${chain(value)}`;
  return `${typeof value} ${String(value)}`;
}

function chain(value: object): string {
  const names: string[] = [];
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    const name = at.constructor?.name ?? '?';
    if (!['Object', 'Function'].includes(name)) names.push(name);
  }
  return names.map((name) => ` < ${name}`).join('');
}
