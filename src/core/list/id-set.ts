/** A set of ids that remembers a number for each, so that a million of them take 16 MB. */
export interface IdSet {
  /** False where it was there already. */
  add(id: string): boolean;
  has(id: string): boolean;
}

/**
 * An empty set. Two ids may have one number, so that a new id passes for a known one: among 10,000
 * new ids beside a million known ones that happens in one of 400,000 sets.
 */
export function createIdSet(): IdSet {
  let places = new Float64Array(1_024);
  let size = 0;

  const put = (number: number): boolean => {
    let place = number % places.length;
    for (; places[place] !== 0; place = (place + 1) % places.length) {
      if (places[place] === number) return false;
    }
    places[place] = number;
    return true;
  };
  const grow = () => {
    const before = places;
    places = new Float64Array(before.length * 2);
    for (const number of before) if (number !== 0) put(number);
  };

  return {
    has(id) {
      const number = numberOf(id) + 1;
      for (let place = number % places.length; places[place] !== 0; ) {
        if (places[place] === number) return true;
        place = (place + 1) % places.length;
      }
      return false;
    },
    add(id) {
      // 0 stands for a free place.
      if (!put(numberOf(id) + 1)) return false;
      size += 1;
      // At most half full, so that a free place is never far.
      if (size * 2 > places.length) grow();
      return true;
    },
  };
}

/** 52 bits that depend on all of the text: two multiplicative hashes of 32 bits, mixed at the end. */
export function numberOf(text: string): number {
  let one = 0xdeadbeef;
  let other = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    one = Math.imul(one ^ unit, 0x9e3779b1);
    other = Math.imul(other ^ unit, 0x5f356495);
  }
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
  other = Math.imul(other ^ (other >>> 16), 0x85ebca6b) ^ Math.imul(one ^ (one >>> 13), 0xc2b2ae35);
  return 2 ** 32 * (other & 0xfffff) + (one >>> 0);
}
