import { formatCount } from './format-count.ts';

/** `1 tenant`, `2,000 tenants`. */
export function countOf(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}
