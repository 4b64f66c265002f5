import type { SqlStatement } from '../../journal/sql-statement.ts';
import type { PacketAnswers } from './send-packet.ts';

/**
 * Sees every statement of migrations where it is sent. Only a scratch database has one: each statement then
 * travels alone, after the pieces that Fanfold needs before it.
 */
export interface StatementObserver {
  /** Called before a migration runs, with its id. */
  started(migration: string): void;
  /**
   * Sends a statement and returns the answers. It may send other forms of the statement first, as long as the
   * server refuses them without an effect.
   *
   * @param text the statement with its values
   */
  send(
    statement: SqlStatement,
    text: string,
    send: (text: string) => Promise<PacketAnswers>,
  ): Promise<PacketAnswers>;
  /** Called before the driver sends a statement that reads a stream of rows. */
  streamed(statement: SqlStatement): void;
}
