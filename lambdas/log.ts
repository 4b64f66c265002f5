import { Logger } from '@aws-lambda-powertools/logger';

/** Fields of a line beside its message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The log of a function: one line of JSON for each invocation. */
export interface Log {
  info(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

/** Logs to CloudWatch through Powertools, which has Lambda's log levels and trace ids. */
export function createLog(serviceName: string): Log {
  const logger = new Logger({ serviceName });
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}
