import type { OwnFailure } from '../failure.ts';
import type { ConnectionLogin } from '../ports.ts';
import type { SchemaState } from '../schema-state.ts';
import type { Shape } from './shape.ts';

/** A database to read. */
export interface DatabaseToRead {
  readonly database: string;
  /** The users of the application and of migrations, who count as one when they define an object. */
  readonly users: readonly string[];
}

/** The result of reading one database. */
export type ShapeReading =
  | {
      readonly status: 'read';
      readonly shape: Shape;
      /** The recorded migrations, if they were wanted. */
      readonly state?: SchemaState | undefined;
    }
  /**
   * The login does not see it (`ShapeHidden`), or definitions that exist could not be read, so that the shape is
   * unknown.
   */
  | { readonly status: 'unreadable'; readonly failure: OwnFailure };

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether the recorded migrations are read too, with one more query a database. */
  readonly withState?: boolean | undefined;
}

/** Reads the shapes of databases. Its sessions are read-only, and it takes no lock that others wait for. */
export interface ShapeSource {
  /**
   * Reads databases of one server over one connection, many in each packet, and reports each. The login needs no
   * database of its own.
   *
   * @throws FanfoldError if the server cannot be reached, or the connection is lost
   */
  readMany(
    login: ConnectionLogin,
    databases: readonly DatabaseToRead[],
    onRead: (of: DatabaseToRead, reading: ShapeReading) => void,
    options?: ReadOptions,
  ): Promise<void>;
  /**
   * Reads the database of a login.
   *
   * @throws FanfoldError if it cannot be reached
   */
  readOne(login: ConnectionLogin, users: readonly string[]): Promise<ShapeReading>;
}
