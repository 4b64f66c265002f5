import { isAbsolute, relative } from 'node:path';

/** A path for people: relative if it is below the working directory, else in full. */
export function displayPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  if (fromHere === '') return '.';
  return fromHere.startsWith('..') || isAbsolute(fromHere) ? path : fromHere;
}
