import type { Row } from './chaos-server.ts';

/** The answer of mysql2 to several statements: one list of rows each, empty for those that only count. */
export function asRows(results: unknown): Row[][] {
  if (!Array.isArray(results)) return [[]];
  const isOfOne = !results.some((result) => Array.isArray(result) || isCount(result));
  return (isOfOne ? [results] : results).map((result) => (Array.isArray(result) ? result : []));
}

function isCount(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'serverStatus' in result;
}
