/** A set of whole numbers from 0 to below a fixed length, one bit each. */
export interface BitSet {
  /** Adds a member; false if it was there already or is out of range. */
  add(index: number): boolean;
  has(index: number): boolean;
  /** The number of members. */
  readonly size: number;
}

/** An empty set for the numbers from 0 to below `length`. */
export function createBitSet(length: number): BitSet {
  const bytes = new Uint8Array(Math.ceil(length / 8));
  let size = 0;
  // Positions come from files: one that is out of range must not become another tenant's bit.
  const inRange = (index: number) => Number.isInteger(index) && index >= 0 && index < length;
  const has = (index: number) =>
    inRange(index) && ((bytes[index >>> 3] ?? 0) & (1 << (index & 7))) !== 0;
  return {
    add(index) {
      if (!inRange(index) || has(index)) return false;
      bytes[index >>> 3] = (bytes[index >>> 3] ?? 0) | (1 << (index & 7));
      size += 1;
      return true;
    },
    has,
    get size() {
      return size;
    },
  };
}
