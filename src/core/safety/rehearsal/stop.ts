/** The moment at which an attempt is stopped: relative to a statement. */
export const MOMENTS = ['before', 'within', 'after'] as const;

/**
 * - `before`: the statement is not sent
 * - `within`: it is sent, and the connection ends while the server works on it
 * - `after`: the server has carried it out, and its answer is lost
 */
export type Moment = (typeof MOMENTS)[number];

/** The point at which a rehearsed attempt ends as a killed process ends: nothing more is sent, and nobody is told. */
export interface Stop {
  readonly migration: string;
  /** The statement's number in its migration, from 1. */
  readonly statement: number;
  readonly moment: Moment;
}
