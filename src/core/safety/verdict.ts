/** The queries of other sessions on the table that wait while a statement runs. */
export type Blocks = 'nothing' | 'writes' | 'everything';

/**
 * How a server carries out a statement that changes definitions, as the server itself has said:
 * - `instant`: only the definition changes
 * - `in place`: InnoDB changes or builds what is needed beside the running table
 * - `copy`: every row is written to a new table
 * - `definition`: it creates, drops or renames an object, and reads no rows of a table
 * - `unknown`: the server has no way to say it, for the reason in `why`
 */
export type Verdict =
  | { readonly how: 'instant' }
  | { readonly how: 'in place' | 'copy'; readonly blocks: Blocks }
  | { readonly how: 'definition' }
  | { readonly how: 'unknown'; readonly why: string };

/** A verdict in a few words, for people. */
export function verdictWords(verdict: Verdict): string {
  switch (verdict.how) {
    case 'instant':
      return 'instant';
    case 'definition':
      return 'definition only';
    case 'unknown':
      return `not judged: ${verdict.why}`;
    case 'in place':
      return `in place, ${BLOCKS[verdict.blocks]}`;
    case 'copy':
      return `copies the table, ${BLOCKS[verdict.blocks]}`;
  }
}

const BLOCKS: Readonly<Record<Blocks, string>> = {
  nothing: 'without lock',
  writes: 'blocks writes',
  everything: 'blocks reads and writes',
};
