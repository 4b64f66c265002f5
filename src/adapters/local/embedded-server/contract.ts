import type { WantedServer } from '../../../core/safety/scratch-request.ts';

export type Flavour = 'mysql' | 'mariadb';

export interface EmbeddedServerOptions {
  /** The source of FANFOLD_MYSQL_URL and PATH. Default: this process's environment. */
  readonly environment?: NodeJS.ProcessEnv;
  /**
   * Whether a commit reaches the disk, as on a production server (the default), or only the operating
   * system, which is faster and equally safe unless the machine crashes.
   */
  readonly durable?: boolean;
  /** Default 200. */
  readonly maxConnections?: number;
  /** The flavour and version that the server must have. Default: any. */
  readonly wanted?: WantedServer | undefined;
  /** Whether a package may be installed if nothing else works. Default: true. */
  readonly installs?: boolean;
  /** Called before a slow step, such as a download or an installation, with a sentence about it. */
  readonly notice?: (message: string) => void;
}

/** A running database server, with an account that has all privileges on it. */
export interface EmbeddedServer {
  /** `mysql://user:password@host:port`, without a database. */
  readonly url: string;
  readonly host: string;
  /**
   * Every address under which clients of this machine reach the server, `host` first: two if the system
   * allows it, so that one server can act as two hosts of a fleet.
   */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly flavour: Flavour;
  /** The result of `SELECT VERSION()`. */
  readonly version: string;
  /** The origin of the server, for people: a path, an image, a variable. */
  readonly source: string;
  /** The server's process and folder, if it runs as a process on this machine. */
  readonly process?: { readonly pid: number; readonly folder: string };
  /**
   * Ends the server and removes its data; a server that Fanfold did not start keeps running. The server
   * also ends when this process ends for any reason.
   */
  stop(): Promise<void>;
}
