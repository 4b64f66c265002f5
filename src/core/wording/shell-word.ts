/** A word as a POSIX shell takes it: quoted if it holds anything that the shell would act on. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
