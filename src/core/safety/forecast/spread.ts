/** Counts of values in classes that are 5 % apart, so that percentiles of any number of values take little memory. */
export interface Spread {
  add(value: number): void;
  /** The whole number up to which this part of the values is, at most 5 % too high; 0 without values. */
  at(part: number): number;
}

const STEP = Math.log(1.05);

/** A spread without values. */
export function createSpread(): Spread {
  const counts = new Map<number, number>();
  let total = 0;
  return {
    add(value) {
      const place = value <= 0 ? Number.NEGATIVE_INFINITY : Math.ceil(Math.log(value) / STEP);
      counts.set(place, (counts.get(place) ?? 0) + 1);
      total += 1;
    },
    at(part) {
      let left = Math.ceil(total * part);
      for (const [place, count] of [...counts].sort(([one], [other]) => one - other)) {
        left -= count;
        if (left <= 0) return Math.ceil(Math.exp(place * STEP) - 1e-6);
      }
      return 0;
    },
  };
}
