import { InvalidArgumentError } from 'commander';

/** Parts of a comma-separated list, without the blanks around them. */
export function parseList(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.some((part) => part === '')) {
    throw new InvalidArgumentError('It must be a list with commas between, without an empty part.');
  }
  return parts;
}
