/**
 * Where docs/errors.md can be read. A placeholder under a name that nobody can own (RFC 2606), until the
 * documentation has an address.
 */
const ERROR_PAGES = 'https://fanfold.example/docs/errors.md';

/** The page that explains an error code; `undefined` for what is not a code, such as of a damaged file. */
export function errorPage(code: string): string | undefined {
  return /^[A-Z][A-Za-z]+$/.test(code) ? `${ERROR_PAGES}#${code}` : undefined;
}
