/** A measured time. */
export interface Point {
  /** How much was done, such as megabytes. */
  readonly x: number;
  /** Statements, each of which has the constant time. */
  readonly n: number;
  readonly ms: number;
}

/** A line through measured times. */
export interface Line {
  readonly constantMs: number;
  readonly slope: number;
}

const ROUNDS = 12;
/** Below this relative distance a time counts in full, so that no single one draws the line to itself. */
const NEAR = 0.05;

/**
 * The line `ms = n * constant + x * slope` with the least sum of relative distances, as far as neither is
 * negative. Relative distances, because 1 s more matters for a table of 2 s and not for one of an hour; their
 * sum and not that of their squares, because a tenant that waited for a lock would otherwise draw the line to
 * itself.
 */
export function fitLine(points: readonly Point[]): Line {
  // Times are whole milliseconds, and a relative distance needs one that is not 0.
  const used = points
    .filter(({ n }) => n > 0)
    .map((point) => ({ ...point, ms: Math.max(1, point.ms) }));
  if (used.length === 0) return { constantMs: 0, slope: 0 };
  let line = leastSquares(
    used,
    used.map(() => 1),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const { constantMs, slope } = line;
    line = leastSquares(
      used,
      used.map(
        ({ x, n, ms }) => 1 / Math.max(NEAR, Math.abs(n * constantMs + x * slope - ms) / ms),
      ),
    );
  }
  return line;
}

/** Weighted by the inverse square of the time, which makes distances relative. */
function leastSquares(
  points: readonly Point[],
  weights: readonly number[],
): { constantMs: number; slope: number } {
  let [nn, nx, xx, ny, xy] = [0, 0, 0, 0, 0];
  for (const [index, { x, n, ms }] of points.entries()) {
    const weight = (weights[index] ?? 1) / ms ** 2;
    nn += weight * n * n;
    nx += weight * n * x;
    xx += weight * x * x;
    ny += weight * n * ms;
    xy += weight * x * ms;
  }
  const determinant = nn * xx - nx * nx;
  // Also for sizes so small that their products are 0.
  const isFlat = !(determinant > 1e-9 * nn * xx);
  if (isFlat) return { constantMs: ny / nn, slope: 0 };
  const constantMs = (ny * xx - xy * nx) / determinant;
  const slope = (xy * nn - ny * nx) / determinant;
  if (slope < 0) return { constantMs: ny / nn, slope: 0 };
  return constantMs < 0 ? { constantMs: 0, slope: xy / xx } : { constantMs, slope };
}
