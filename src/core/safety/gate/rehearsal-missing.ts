import { FanfoldError } from '../../errors.ts';

/** How the evidence that is missing is made, by where the run is. */
const NEXT_STEPS = {
  here: 'No tenant was touched. Export the shapes with `fanfold fleet:shapes --export <file>`, rehearse them with `fanfold migrate:rehearse --shapes <file> --evidence <file>`, then run again.',
  aws: 'No tenant was touched. Where the databases can be reached, export the shapes with `fanfold fleet:shapes --export <file>`, rehearse them with `fanfold migrate:rehearse --shapes <file> --evidence <file>`, and deploy with that evidence. Then press Redrive, which reads the shapes again.',
  stack:
    'Deploy it again, with the evidence of the configuration or of "requireRehearsal" in cdk.json; or run on this machine, without --aws.',
  bundling:
    'Rehearse the migrations that are to be deployed: `fanfold migrate:rehearse --shapes <file> --evidence <file>`',
} as const;

/** The place at which a rehearsal was found to be missing: in a run on this machine or on AWS, in a stack, or in a deployment. */
export type GatePlace = keyof typeof NEXT_STEPS;

/** The error of a run, or of a deployment, whose evidence does not cover what it is for. */
export function rehearsalMissing(message: string, place: GatePlace): FanfoldError {
  return new FanfoldError('RehearsalMissing', message, {
    fault: 'configuration',
    nextStep: NEXT_STEPS[place],
  });
}
