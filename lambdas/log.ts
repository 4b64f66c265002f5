import { Logger } from '@aws-lambda-powertools/logger';

/** What a line says beside its message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where functions log: one line an invocation, as JSON. */
export interface Log {
  info(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

/** Logs to CloudWatch through Powertools, which knows Lambda's own log levels and trace ids. */
export function createLog(serviceName: string): Log {
  const logger = new Logger({ serviceName });
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}
