import type { ConnectionLogin } from '../../ports.ts';
import type { DataCheck } from './data-check.ts';

/** Rows up to which a check counts; the answer says "at least" from then on. */
export const MOST_COUNTED = 1_000;

/** The reaction of the tenant's server, by the `sql_mode` that counts; `unknown` if migrations compute one. */
export type Effect = 'refuses' | 'changes' | 'deletes' | 'keeps' | 'unknown';

/** The answer of one tenant to one check. */
export type DataAnswer =
  | { readonly status: 'clean' }
  | {
      readonly status: 'found';
      readonly effect: Effect;
      /** Rows, or groups of duplicates; at most {@link MOST_COUNTED}. */
      readonly count: number;
      /** The key of one of the rows; empty if the table has none. Never another column. */
      readonly key: readonly { readonly column: string; readonly value: string }[];
    }
  /** The time was over. */
  | { readonly status: 'unfinished'; readonly seconds: number }
  /** The tenant's server refused the question, such as for a table that it does not have. */
  | { readonly status: 'refused'; readonly why: string };

/** Asks a tenant's database, without writing or locking rows, each question for at most so long. */
export type AskData = (
  login: ConnectionLogin,
  checks: readonly DataCheck[],
  options: {
    readonly seconds: number;
    readonly onAnswer: (check: DataCheck, answer: DataAnswer) => void;
  },
) => Promise<void>;
