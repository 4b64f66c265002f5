/**
 * The address of docs/reference/errors.md: a placeholder under a reserved domain (RFC 2606) until the
 * documentation is published.
 */
const ERROR_PAGES = 'https://fanfold.example/docs/reference/errors.md';

/** The page that explains an error code; `undefined` for a text that is not a code, such as one from a damaged file. */
export function errorPage(code: string): string | undefined {
  return /^[A-Z][A-Za-z]+$/.test(code) ? `${ERROR_PAGES}#${code}` : undefined;
}
