/**
 * The party that must act, which decides the exit code: `usage` 2, `configuration` 3 (also the central database and
 * the run store), `tenant` 1 (one tenant's database or its row), `migration` 1 (a migration's code),
 * `fanfold` 70 (a defect of ours).
 */
export type Fault = 'usage' | 'configuration' | 'tenant' | 'migration' | 'fanfold';

/**
 * Whether the same call may succeed if it is only repeated: `sometimes` depends on what the server or
 * the network said, which the error itself shows.
 */
export type Retryability = 'always' | 'never' | 'sometimes';

/**
 * The kind of remedy. The words of a next step are made where it is known how its reader calls us; the
 * kind is what a program can act on.
 * - `wait`: nothing has to be changed; the next attempt or a later one may succeed
 * - `password`: a password of the tenant has to be set or stored (`tenant:password`)
 * - `address`: the server is down or has moved (`tenant:move`)
 * - `doctor`: `migrate:doctor --fix` makes or grants what is missing, or frees what is stuck
 * - `resolve`: somebody decides about a half-applied migration (`migrate:resolve`)
 * - `row`: the tenant's row in the central database has to be corrected
 * - `key`: the encryption key or the key ring has to be corrected
 * - `tls`: TLS has to be set up on the server, or its certificate authority named
 * - `server`: an administrator of the database server has to act
 * - `data`: rows of the tenant do not fit the migration
 * - `migration`: the migration's code has to be corrected and deployed
 * - `deploy`: a build or stack has to be deployed
 * - `request`: the command, its options or the execution's input have to be changed
 * - `configuration`: the configuration, the environment or the project has to be changed
 * - `central`: the central database has to be made, migrated or corrected
 * - `store`: the run store has to be made accessible, or a file in it restored
 * - `machine`: files, disk or programs of the machine that runs the command
 * - `aws`: credentials, permissions, quotas or resources of the AWS account
 * - `log`: a log shows the cause
 * - `causes`: the error sums up others, which have remedies of their own
 * - `report`: a defect of ours, to be reported
 */
export type Remedy =
  | 'wait'
  | 'password'
  | 'address'
  | 'doctor'
  | 'resolve'
  | 'row'
  | 'key'
  | 'tls'
  | 'server'
  | 'data'
  | 'migration'
  | 'deploy'
  | 'request'
  | 'configuration'
  | 'central'
  | 'store'
  | 'machine'
  | 'aws'
  | 'log'
  | 'causes'
  | 'report';

/** The facts about an error code that hold wherever it is thrown. */
export interface ErrorKind {
  /**
   * The usual party for this code. `tenant` and `migration` are the same to a command; an error has one
   * or the other, depending on whether a migration was running.
   */
  readonly fault: Fault;
  /** The fault if a name that was typed is wrong, and not a setting. */
  readonly otherFault?: Fault;
  readonly retryable: Retryability;
  readonly remedy: Remedy;
}
