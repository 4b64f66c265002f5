import * as z from 'zod';
import { onDeployPropertiesSchema } from './on-deploy-properties.ts';

const common = {
  /** ARN of the stack. */
  StackId: z.string().min(1),
  /** The same if the framework calls again. */
  RequestId: z.string().min(1),
};

/** CloudFormation's event for the resource, as the provider framework passes it on. */
export const onDeployEventSchema = z.discriminatedUnion('RequestType', [
  z.object({
    ...common,
    RequestType: z.literal('Create'),
    ResourceProperties: onDeployPropertiesSchema,
  }),
  z.object({
    ...common,
    RequestType: z.literal('Update'),
    PhysicalResourceId: z.string(),
    ResourceProperties: onDeployPropertiesSchema,
    // Of an earlier release, which may have had other properties.
    OldResourceProperties: z.object({ bundleHash: z.string().optional() }),
  }),
  // A deleted resource must go, whatever its properties.
  z.object({ ...common, RequestType: z.literal('Delete'), PhysicalResourceId: z.string() }),
]);

/** The event that the framework sends until the resource is complete: the first event with the answer to it. */
export const onDeployProgressSchema = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Delete') }),
  z.object({
    RequestType: z.enum(['Create', 'Update']),
    ResourceProperties: onDeployPropertiesSchema,
    Data: z.object({ executionArn: z.string().optional() }),
  }),
]);

export type OnDeployEvent = z.infer<typeof onDeployEventSchema>;
export type OnDeployProgress = z.infer<typeof onDeployProgressSchema>;
