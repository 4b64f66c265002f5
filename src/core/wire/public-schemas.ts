import * as z from 'zod';
import { configSchema } from './config-schema.ts';
import { eventSchema } from './event-schemas.ts';
import { notificationSchema } from './notification-schema.ts';
import { requestSchema } from './request-schema.ts';
import { summarySchema } from './summary-schema.ts';

/** The schemas of data that other programs read or write. */
const SCHEMAS = {
  events: { schema: eventSchema, title: 'A line that a run of Fanfold prints with --json' },
  notifications: {
    schema: notificationSchema,
    title:
      'A notification about a run of Fanfold: the detail of its event, and the body for a webhook',
  },
  summary: { schema: summarySchema, title: 'summary.json of a run of Fanfold' },
  config: { schema: configSchema, title: 'fanfold.config.json' },
  request: { schema: requestSchema, title: 'The request of a run of Fanfold on AWS' },
} as const;

export type PublicSchema = keyof typeof SCHEMAS;

/**
 * A JSON Schema (draft 2020-12). What we write may have more keys in a later version, so that they are not
 * forbidden; what somebody else writes may not.
 */
export function publicSchema(name: PublicSchema): object {
  const { schema, title } = SCHEMAS[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return { $schema, title, ...rest };
}
