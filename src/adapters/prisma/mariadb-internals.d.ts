/** The part of the MariaDB driver that Fanfold patches. The driver publishes no types for its internal files. */
declare module 'mariadb/lib/connection.js' {
  export interface ServerInformation {
    isMariaDB(): boolean;
  }

  export default class Connection {
    readonly opts: { readonly ssl?: object | boolean; password?: string };
    connect(): Promise<Connection>;
    createSecureContext(info: ServerInformation, onSecure: () => void): void;
  }
}
