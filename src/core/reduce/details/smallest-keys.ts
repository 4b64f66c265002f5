/**
 * Values by key, of which only those with the smallest keys are kept: memory stays bounded, and it does not
 * matter in which order keys come. A key that is kept in the end was among the smallest from its first
 * use on, so that nothing of it was missed.
 */
export interface SmallestKeys<Value> {
  /** The value of a key, made by `create` at its first use; `undefined` if it finds no room. */
  at(key: string, create: () => Value): Value | undefined;
  /** By key. */
  entries(): [key: string, value: Value][];
}

/** An empty list; `onDrop` is called for values that smaller keys displace. */
export function createSmallestKeys<Value>(
  most: number,
  onDrop: (value: Value) => void = () => {},
): SmallestKeys<Value> {
  const values = new Map<string, Value>();
  let largest: string | undefined;

  const findLargest = () => {
    largest = undefined;
    for (const key of values.keys()) if (largest === undefined || key > largest) largest = key;
  };

  return {
    at(key, create) {
      const known = values.get(key);
      if (known !== undefined) return known;
      if (values.size >= most) {
        if (largest === undefined || key > largest) return undefined;
        const dropped = values.get(largest);
        values.delete(largest);
        if (dropped !== undefined) onDrop(dropped);
        findLargest();
      }
      const value = create();
      values.set(key, value);
      if (largest === undefined || key > largest) largest = key;
      return value;
    },
    entries: () => [...values].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}
