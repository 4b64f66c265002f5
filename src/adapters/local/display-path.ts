import { isAbsolute, relative } from 'node:path';

/** A path as people know it: relative to where they are if it lies below, else in full. */
export function displayPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  if (fromHere === '') return '.';
  return fromHere.startsWith('..') || isAbsolute(fromHere) ? path : fromHere;
}
