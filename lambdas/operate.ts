import type { ShippedProject } from '../src/compose/project/shipped-project.ts';
import { operate } from '../src/core/operator/operate.ts';
import { OPERATIONS, operatorEventSchema } from '../src/core/wire/operator-schemas.ts';
import { createLambda } from './create-lambda.ts';
import { createLog } from './log.ts';
import { type ShippedMigration, shippedBundle } from './shipped-bundle.ts';
import { type OperatorWiring, wireOperator } from './wiring/wire-operator.ts';

/**
 * Every function that works for an operator; its environment determines which. The log has the name of an
 * operation and the code of an error, and nothing of a request or an answer: they may hold a password.
 */
export const createHandler = (
  migrations: readonly ShippedMigration[],
  project: ShippedProject = {},
  wire: () => Promise<OperatorWiring> = () => wireOperator(process.env, project),
  log = createLog('operate'),
) => {
  const bundle = shippedBundle(migrations);
  return createLambda({
    log,
    wire,
    schema: operatorEventSchema,
    // Somebody may have put anything into the name.
    about: ({ operation }) => ({
      operation: Object.hasOwn(OPERATIONS, operation) ? operation : 'unknown',
    }),
    run: (event, { version, operations }) => operate(event, operations(bundle), version),
    told: (answer) =>
      answer.status === 'done'
        ? { status: answer.status }
        : { status: answer.status, code: answer.error.code },
  });
};
