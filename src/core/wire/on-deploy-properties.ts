import * as z from 'zod';

/**
 * `start` starts a run and lets the deployment end; `wait` fails the deployment if a tenant fails.
 */
export const ON_DEPLOY_MODES = ['start', 'wait'] as const;

/** CloudFormation gives a custom resource an hour; the last answer needs some of it. */
export const LONGEST_WAIT_MINUTES = 55;

/**
 * Properties of the custom resource that starts a run when the migrations of a deployment have
 * changed. CloudFormation hands every value on as text.
 */
export const onDeployPropertiesSchema = z.object({
  stateMachineArn: z.string().min(1),
  /** A change of it changes the resource, and so starts a run. */
  bundleHash: z.string().min(1),
  /** Output of the stack that has the hash of the last deployment; absent without outputs. */
  bundleHashOutput: z.string().optional(),
  mode: z.enum(ON_DEPLOY_MODES),
  /** Whether the creation of the stack starts a run as well. */
  runOnCreate: z.enum(['true', 'false']),
  /** The execution's input: a request as JSON. */
  request: z.string(),
  /** The time for which `wait` waits; a number of at most `LONGEST_WAIT_MINUTES`. */
  timeoutMinutes: z.string().regex(/^\d{1,2}$/),
});

export type OnDeployProperties = z.infer<typeof onDeployPropertiesSchema>;
