export type Flavour = 'mysql' | 'mariadb';

export interface EmbeddedServerOptions {
  /** Where FANFOLD_MYSQL_URL and PATH are read from. Default: this process's environment. */
  readonly environment?: NodeJS.ProcessEnv;
  /**
   * Whether a commit reaches the disk, as on a production server (the default), or only the
   * operating system, which is faster and just as good as long as the machine stays up.
   */
  readonly durable?: boolean;
  /** Default 200. */
  readonly maxConnections?: number;
  /** Told what takes a while, one sentence at a time: a download, an installation. */
  readonly notice?: (message: string) => void;
}

/** A database server that answers, with the account that may do everything on it. */
export interface EmbeddedServer {
  /** `mysql://user:password@host:port`, without a database. */
  readonly url: string;
  readonly host: string;
  /**
   * Every address under which clients of this machine reach the server, `host` first: two where
   * the system allows it, so that one server can stand for two hosts of a fleet.
   */
  readonly hosts: readonly string[];
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly flavour: Flavour;
  /** As `SELECT VERSION()` says it. */
  readonly version: string;
  /** Where it comes from, in words: a path, an image, a variable. */
  readonly source: string;
  /** The server's process and its folder, where it runs here as a process of its own. */
  readonly process?: { readonly pid: number; readonly folder: string };
  /**
   * Ends the server and removes its data. A server that was there before is left alone. The
   * server also ends when this process does, however that happens.
   */
  stop(): Promise<void>;
}
