/** How the bench logs in to a server; it needs the right to create and drop databases. */
export interface ServerLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}
