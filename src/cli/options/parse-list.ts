import { InvalidArgumentError } from 'commander';

/** The entries of a comma-separated list, without the spaces around them. */
export function parseList(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.some((part) => part === '')) {
    throw new InvalidArgumentError('It must be a comma-separated list without empty entries.');
  }
  return parts;
}
